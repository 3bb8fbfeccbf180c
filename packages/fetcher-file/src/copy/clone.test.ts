import { appendFileSync, existsSync } from "node:fs";
import { chmod, copyFile, readFile } from "node:fs/promises";
import { assertSpace } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type CopySetting, copySetting, largeBytes, looksOf, sha256, someBytes } from "../testing/copy-setting.ts";
import { cloneFile } from "./clone-file.ts";

// As on a file system that has clones; what it is there is in clone-file.test.ts.
vi.mock("./clone-file.ts", { spy: true });
vi.mock("@llama-orch/catalog-core", { spy: true });

const content = someBytes(largeBytes);
let setting: CopySetting;

beforeEach(async () => {
  setting = await copySetting();
  vi.mocked(cloneFile).mockImplementation(async (source, target) => {
    await copyFile(source, target);
    return true;
  });
});
afterEach(async () => {
  vi.resetAllMocks();
  await setting.dispose();
});

test("a clone is hashed, and counts as brought", async () => {
  const path = await setting.place("model.gguf", content);
  expect(await setting.copy(path)).toEqual({
    files: [{ path: "model.gguf", sizeBytes: largeBytes, digests: [sha256(content)] }],
    movedBytes: largeBytes,
    reusedBytes: 0,
  });
  expect(sha256(await readFile(await setting.target("model.gguf")))).toBe(sha256(content));
});

test("a clone needs no room", async () => {
  await setting.copy(await setting.place("model.gguf", content));
  expect(assertSpace).toHaveBeenCalledExactlyOnceWith(setting.ingest.directory, { neededBytes: 0 });
});

test("where only some files can be cloned, room is needed for the others", async () => {
  await setting.place("model/here", content);
  await setting.place("model/elsewhere", content);
  await setting.place("model/small", "abc");
  vi.mocked(cloneFile).mockImplementation(async (source, target) => {
    if (source.endsWith("elsewhere")) return false;
    await copyFile(source, target);
    return true;
  });
  const { files } = await setting.copy(setting.path("model"));
  expect(assertSpace).toHaveBeenCalledExactlyOnceWith(setting.ingest.directory, { neededBytes: largeBytes + 3 });
  expect(files.map(({ digests }) => digests)).toEqual([[sha256(content)], [sha256(content)], [sha256("abc")]]);
});

test.skipIf(process.platform === "win32")("a clone does not keep the permissions of the user's own file", async () => {
  const path = await setting.place("model.gguf", content);
  await chmod(path, 0o4700);
  await setting.copy(path);
  expect(Number(looksOf(await setting.target("model.gguf"))["mode"]) & 0o7777).toBe(0o644);
  expect(Number(looksOf(path)["mode"]) & 0o7777).toBe(0o4700);
});

test("a clone of a file that changed meanwhile is refused, and gone", async () => {
  const path = await setting.place("model.gguf", content);
  vi.mocked(cloneFile).mockImplementation(async (source, target) => {
    await copyFile(source, target);
    appendFileSync(source, "x");
    return true;
  });
  await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
  expect(existsSync(await setting.target("model.gguf"))).toBe(false);
});

test("a clone that an earlier attempt made is not made again", async () => {
  const path = await setting.place("model.gguf", content);
  await setting.copy(path);
  const { movedBytes, reusedBytes } = await setting.copy(path);
  expect([movedBytes, reusedBytes]).toEqual([0, largeBytes]);
  expect(cloneFile).toHaveBeenCalledOnce();
});
