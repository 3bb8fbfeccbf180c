import { execFile, execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { getEventListeners } from "node:events";
import { appendFileSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashFile } from "./hash-file.ts";

const longAgo = new Date("2024-02-03T04:05:06.789Z");
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hashing-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function place(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await utimes(path, longAgo, longAgo);
  return path;
}

describe("hashFile", () => {
  test("of many files at once gives each its own digest", async () => {
    const contents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(index * 150_000, `file ${index}`));
    const paths = await Promise.all(contents.map((content, index) => place(`file-${index}`, content)));
    const results = await Promise.all(paths.map((path) => hashFile(path)));
    expect(results.map(({ digests }) => digests)).toEqual(
      contents.map((content) => [`sha256:${hash("sha256", content)}`]),
    );
  });

  test("gives the sha256 of abc, the size and the stat", async () => {
    const result = await hashFile(await place("abc", "abc"));
    expect(result).toEqual({
      sizeBytes: 3,
      digests: ["sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
      stat: { mtimeNs: expect.stringMatching(/^1706933106789\d{6}$/), inode: expect.stringMatching(/^\d+$/) },
    });
  });

  test.each([0, 1, 1024 * 1024 - 1, 1024 * 1024, 1024 * 1024 + 1, 3_500_000])(
    "hashes all of %d bytes, in both algorithms",
    async (size) => {
      const content = Buffer.alloc(size, "0123456789abcdef!");
      const { digests, sizeBytes } = await hashFile(await place("file", content), { algorithms: ["sha256", "sha512"] });
      expect(sizeBytes).toBe(size);
      expect(digests).toEqual([`sha256:${hash("sha256", content)}`, `sha512:${hash("sha512", content)}`]);
    },
  );

  test("agrees with sha256sum", async () => {
    const path = await place("file", Buffer.alloc(100_000, "x"));
    const { stdout } = await promisify(execFile)("sha256sum", [path]);
    expect((await hashFile(path)).digests).toEqual([`sha256:${stdout.slice(0, 64)}`]);
  });

  test("tells progress up to the last byte", async () => {
    const seen: number[] = [];
    await hashFile(await place("file", Buffer.alloc(20_000_000)), { onProgress: (bytes) => seen.push(bytes) });
    expect(seen).toEqual([8_388_608, 16_777_216, 20_000_000]);
  });

  test("follows a symbolic link, and refuses a circle of them", async () => {
    await place("file", "abc");
    await symlink("file", join(folder, "link"));
    expect((await hashFile(join(folder, "link"))).sizeBytes).toBe(3);
    await symlink("b", join(folder, "a"));
    await symlink("a", join(folder, "b"));
    await expect(hashFile(join(folder, "a"))).rejects.toMatchObject({ code: "FILE_SYMLINK_LOOP" });
  });

  test("tells apart what is missing and what is no file", async () => {
    await mkdir(join(folder, "dir"));
    await expect(hashFile(join(folder, "absent"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(hashFile(join(folder, "dir"))).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
  });

  test.skipIf(process.platform === "win32")("refuses a FIFO without waiting for a writer", async () => {
    execFileSync("mkfifo", [join(folder, "fifo")]);
    await expect(hashFile(join(folder, "fifo"))).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
  });

  // The changes are synchronous, so that each is made between two reads for certain.
  const changes: [string, (path: string) => void][] = [
    ["is written in place", (path) => writeFileSync(path, "x", { flag: "r+" })],
    ["grows", (path) => appendFileSync(path, Buffer.alloc(5_000_000))],
    ["is truncated", (path) => truncateSync(path, 10)],
    [
      "is replaced by another of the same size and time",
      (path) => {
        const other = join(folder, "other");
        writeFileSync(other, Buffer.alloc(3_000_000, "y"));
        utimesSync(other, longAgo, longAgo);
        renameSync(other, path);
      },
    ],
    ["is removed", (path) => rmSync(path)],
  ];
  test.each(changes)("detects that the file %s meanwhile", async (_how, change) => {
    const path = await place("file", Buffer.alloc(3_000_000));
    let isChanged = false;
    const result = hashFile(path, {
      onProgress() {
        if (!isChanged) change(path);
        isChanged = true;
      },
    });
    await expect(result).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_(?:CHANGED|NOT_FOUND)$/) });
  });

  test("stops at an abort with its reason, and leaves no listener", async () => {
    const path = await place("file", Buffer.alloc(5_000_000));
    const controller = new AbortController();
    const reason = new Error("enough");
    const result = hashFile(path, { signal: controller.signal, onProgress: () => controller.abort(reason) });
    expect(await result.catch((error: unknown) => error)).toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    const before = hashFile(join(folder, "absent"), { signal: AbortSignal.abort(reason) });
    expect(await before.catch((error: unknown) => error)).toBe(reason);
  });

  test("gives no stat for a file so young that a later write might not show in it", async () => {
    const path = await place("file", "abc");
    const soon = new Date(Date.now() + 60_000);
    await utimes(path, soon, soon);
    expect((await hashFile(path)).stat).toBeUndefined();
  });
});
