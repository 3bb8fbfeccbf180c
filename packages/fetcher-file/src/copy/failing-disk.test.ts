import { existsSync, utimesSync, writeFileSync } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { freeSpace } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CopySetting, copySetting, largeBytes, someBytes } from "../testing/copy-setting.ts";

// What a disk does only when it fails, or in the moment between two calls.
let setting: CopySetting;
let handles: FileHandle;

beforeEach(async () => {
  setting = await copySetting();
  await using file = await open(import.meta.filename);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- getPrototypeOf is untyped; every handle has this one.
  handles = Object.getPrototypeOf(file) as FileHandle;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await setting.dispose();
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: the disk says so`), { code });
}

describe.each([3, largeBytes])("a file of %d bytes", (length) => {
  let path: string;
  beforeEach(async () => {
    path = await setting.place("model.gguf", someBytes(length));
  });

  test("that cannot be read says so of the user's own file", async () => {
    vi.spyOn(handles, "read").mockRejectedValue(systemError("EIO"));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_IO", facts: { path, systemCode: "EIO" } });
  });

  test("that ends too early, and looks as it did, is refused", async () => {
    vi.spyOn(handles, "read").mockResolvedValue({ bytesRead: 0, buffer: Buffer.alloc(0) });
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
    expect(existsSync(await setting.target("model.gguf"))).toBe(false);
  });
});

test("a large file beyond this user's share of the disk says how much is missing", async () => {
  const path = await setting.place("model.gguf", someBytes(largeBytes));
  vi.spyOn(handles, "write").mockRejectedValue(systemError("EDQUOT"));
  await expect(setting.copy(path)).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    facts: { systemCode: "EDQUOT", neededBytes: largeBytes, freeBytes: expect.any(Number) },
  });
  expect(await freeSpace(setting.ingest.directory)).toBeGreaterThan(0);
});

test("a disk that takes only a part of what it is given is given the rest", async () => {
  const content = someBytes(largeBytes);
  const path = await setting.place("model.gguf", content);
  const write = handles.write;
  vi.spyOn(handles, "write").mockImplementation(function (this: FileHandle, buffer, offset, bytes, position) {
    return Reflect.apply(write, this, [buffer, offset, Math.min(Number(bytes), 300_000), position]);
  });
  const { movedBytes } = await setting.copy(path);
  expect(movedBytes).toBe(largeBytes);
  expect(content.equals(await readFile(await setting.target("model.gguf")))).toBe(true);
});

describe("while a small file is read", () => {
  /** After the first read there is. */
  function afterRead(change: () => void): void {
    const read = handles.read;
    vi.spyOn(handles, "read").mockImplementationOnce(async function (this: FileHandle, ...options: unknown[]) {
      const done = await Reflect.apply(read, this, options);
      change();
      return done;
    });
  }

  test("a write to it is noticed, also one that keeps its size", async () => {
    const path = await setting.place("model.gguf", "abc");
    afterRead(() => writeFileSync(path, "xyz", { flag: "r+" }));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
  });

  test("one that grows within the same tick of the clock is noticed", async () => {
    const path = await setting.place("model.gguf", "abc");
    const { atime, mtime } = await stat(path);
    afterRead(() => {
      writeFileSync(path, "d", { flag: "a" });
      utimesSync(path, atime, mtime);
    });
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
  });

  test("what comes to lie at its target is not written over", async () => {
    const path = await setting.place("model.gguf", "abc");
    const target = await setting.target("model.gguf");
    afterRead(() => writeFileSync(target, "somebody else's"));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_IO", facts: { systemCode: "EEXIST" } });
    expect(await readFile(target, "utf8")).toBe("somebody else's");
  });
});

test.runIf(existsSync("/proc/version"))("what the kernel makes up on reading is no file to copy", async () => {
  await expect(setting.copy("/proc/version")).rejects.toMatchObject({ code: "FILE_CHANGED" });
});
