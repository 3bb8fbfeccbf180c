import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CopySetting, copySetting, largeBytes, sha256, someBytes } from "../testing/copy-setting.ts";

const content = someBytes(largeBytes);
let setting: CopySetting;

beforeEach(async () => {
  setting = await copySetting();
});
afterEach(() => setting.dispose());

describe("between the plan and the fetch", () => {
  const changes: [string, (path: string) => Promise<unknown>][] = [
    ["grew", (path) => writeFile(path, "x", { flag: "a" })],
    ["was written", (path) => writeFile(path, someBytes(largeBytes, "other"))],
    ["has another time", (path) => utimes(path, 1, 1)],
    ["is a folder now", async (path) => (await rm(path), await mkdir(path))],
    [
      "was replaced by one of the same size and time",
      async (path) => {
        const { atime, mtime } = await stat(path);
        await writeFile(setting.path("elsewhere"), someBytes(largeBytes, "other"));
        await utimes(setting.path("elsewhere"), atime, mtime);
        await rename(setting.path("elsewhere"), path);
      },
    ],
  ];
  test.each(changes)("a file that %s is refused, and nothing is written", async (_how, change) => {
    const path = await setting.place("model.gguf", content);
    const plan = await setting.plan(path);
    await change(path);
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
    expect(existsSync(await setting.target("model.gguf"))).toBe(false);
  });

  test("a file of a folder that changed refuses the folder", async () => {
    await setting.place("model/a", "1");
    const b = await setting.place("model/sub/b", "2");
    const plan = await setting.plan(setting.path("model"));
    await utimes(b, 1, 1);
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_CHANGED" });
    await writeFile(b, "longer");
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path: b } });
  });

  test.skipIf(process.platform === "win32")("a file that is a FIFO now is refused, and not waited for", async () => {
    const path = await setting.place("model/part", content);
    const plan = await setting.plan(setting.path("model"));
    await rm(path);
    execFileSync("mkfifo", [path]);
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_NOT_REGULAR", facts: { path } });
  });
});

describe("just before it is opened", () => {
  /** Every file is looked at before the first target is asked for. */
  function changeAtLast(change: () => void): void {
    const { ingest } = setting;
    setting.ingest = { ...ingest, target: async (path) => (change(), ingest.target(path)) };
  }

  test.each([3, largeBytes])("a file of %d bytes that is written is refused", async (length) => {
    const path = await setting.place("model.gguf", someBytes(length));
    const plan = await setting.plan(path);
    changeAtLast(() => appendFileSync(path, "x"));
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
  });

  test.skipIf(process.platform === "win32")("a FIFO in its place is refused, and not waited for", async () => {
    const path = await setting.place("model.gguf", "abc");
    const plan = await setting.plan(path);
    changeAtLast(() => {
      rmSync(path);
      execFileSync("mkfifo", [path]);
    });
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_NOT_REGULAR", facts: { path } });
  });
});

describe("while it is copied", () => {
  // Synchronous, so that each is made between two parts for certain.
  const changes: [string, (path: string) => void][] = [
    ["is written in place", (path) => writeFileSync(path, "x", { flag: "r+" })],
    ["grows", (path) => appendFileSync(path, Buffer.alloc(3_000_000))],
    ["is truncated", (path) => truncateSync(path, 10)],
    ["is emptied", (path) => truncateSync(path, 0)],
    ["has its time set back", (path) => utimesSync(path, 1, 1)],
  ];
  test.each(changes)("a file that %s is refused, and what was copied of it is gone", async (_how, change) => {
    const path = await setting.place("model.gguf", content);
    const seen: number[] = [];
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
      if (seen.length === 0) change(path);
      seen.push(receivedBytes);
    };
    await expect(setting.copy(path, { onProgress })).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
    expect(existsSync(await setting.target("model.gguf"))).toBe(false);
    expect(Math.max(...seen)).toBeLessThanOrEqual(largeBytes);
  });

  test("a file that is written after its last byte was copied is refused", async () => {
    const path = await setting.place("model.gguf", content);
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
      if (receivedBytes === largeBytes) writeFileSync(path, "x", { flag: "r+" });
    };
    await expect(setting.copy(path, { onProgress })).rejects.toMatchObject({ code: "FILE_CHANGED" });
  });

  test("a file that is replaced is brought as it was planned", async () => {
    const path = await setting.place("model.gguf", content);
    await setting.place("other", "other");
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
      if (receivedBytes < largeBytes) renameSync(setting.path("other"), path);
    };
    const { files } = await setting.copy(path, { onProgress });
    expect(files[0]?.digests).toEqual([sha256(content)]);
    expect(sha256(await readFile(await setting.target("model.gguf")))).toBe(sha256(content));
    expect(await readFile(path, "utf8")).toBe("other");
  });

  test("a file of a folder that is written fails the folder, and the others are gone on with next time", async () => {
    const changing = await setting.place("model/changing", content);
    await setting.place("model/steady", content);
    const onProgress = ({ path }: { path: string }): void => {
      if (path === "changing") writeFileSync(changing, "x", { flag: "r+" });
    };
    const model = setting.path("model");
    await expect(setting.copy(model, { onProgress })).rejects.toMatchObject({
      code: "FILE_CHANGED",
      facts: { path: changing },
    });
    const { files } = await setting.copy(model);
    expect(files.find(({ path }) => path === "changing")?.digests).toEqual([sha256(await readFile(changing))]);
    expect(files.find(({ path }) => path === "steady")?.digests).toEqual([sha256(content)]);
  });
});
