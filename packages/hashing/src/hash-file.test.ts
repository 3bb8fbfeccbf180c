import { execFile, execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { getEventListeners } from "node:events";
import { appendFileSync, readSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { type FileHandle, mkdir, mkdtemp, open, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hashFile } from "./hash-file.ts";

const longAgo = new Date("2024-02-03T04:05:06.789Z");
const largeBytes = 20_000_000;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hashing-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

/** A file of several slices, all holes. */
async function placeLarge(name: string): Promise<string> {
  const path = await place(name, "");
  truncateSync(path, largeBytes);
  await utimes(path, longAgo, longAgo);
  return path;
}

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
        writeFileSync(other, "y");
        truncateSync(other, largeBytes);
        utimesSync(other, longAgo, longAgo);
        renameSync(other, path);
      },
    ],
    ["is removed", (path) => rmSync(path)],
  ];
  test.each(changes)("detects that the file %s between the first slice and the second", async (_how, change) => {
    const path = await placeLarge("file");
    const result = hashFile(path, { onProgress: (bytes) => bytes === 8_388_608 && change(path) });
    await expect(result).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_(?:CHANGED|NOT_FOUND)$/) });
  });

  test.each(changes)("detects that the file %s after its last slice", async (_how, change) => {
    const path = await placeLarge("file");
    const result = hashFile(path, { onProgress: (bytes) => bytes === largeBytes && change(path) });
    await expect(result).rejects.toMatchObject({ code: expect.stringMatching(/^FILE_(?:CHANGED|NOT_FOUND)$/) });
  });

  test("detects that the file was short for a moment, though it looks the same before and after", async () => {
    const path = await placeLarge("file");
    const seen: number[] = [];
    const result = hashFile(path, {
      onProgress(bytes) {
        seen.push(bytes);
        truncateSync(path, seen.length === 1 ? 10_000_000 : largeBytes);
        utimesSync(path, longAgo, longAgo);
      },
    });
    await expect(result).rejects.toMatchObject({
      code: "FILE_CHANGED",
      facts: { sizeBefore: largeBytes, sizeAfter: 10_000_000 },
    });
    expect(seen).toEqual([8_388_608, 10_000_000]);
  });

  test("of a small file goes on after a read that brought less than was asked for", async () => {
    const content = Buffer.alloc(10_000, "0123456789abcdef!");
    const path = await place("file", content);
    await readAtMost(999, path);
    expect((await hashFile(path)).digests).toEqual([`sha256:${hash("sha256", content)}`]);
  });

  test("of a small file that ends early is no digest of its beginning", async () => {
    const path = await place("file", Buffer.alloc(10_000));
    await readAtMost(0, path);
    await expect(hashFile(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { sizeAfter: 0 } });
  });

  test.each([3, largeBytes])("of %d bytes rejects with what onProgress throws", async (size) => {
    const path = await place("file", Buffer.alloc(size));
    // It has a code, as the errors of the operating system have, and is none of theirs.
    const error = Object.assign(new Error("a fault of the caller"), { code: "ENOENT" });
    const result = hashFile(path, {
      onProgress() {
        throw error;
      },
    });
    expect(await result.catch((thrown: unknown) => thrown)).toBe(error);
  });

  test.skipIf(process.platform !== "linux")(
    "of what has more bytes than its size says gives no digest of a part",
    async () => {
      await expect(hashFile("/proc/version")).rejects.toMatchObject({ code: "FILE_CHANGED" });
    },
  );

  test("stops at an abort after the slice that is being read, with its reason, and leaves no listener", async () => {
    const path = await placeLarge("file");
    const controller = new AbortController();
    const reason = new Error("enough");
    const seen: number[] = [];
    const listeners: number[] = [];
    const result = hashFile(path, {
      signal: controller.signal,
      onProgress(bytes) {
        seen.push(bytes);
        listeners.push(getEventListeners(controller.signal, "abort").length);
        controller.abort(reason);
      },
    });
    expect(await result.catch((error: unknown) => error)).toBe(reason);
    expect(seen).toEqual([8_388_608]);
    expect(listeners).toEqual([1]);
    const kept = new AbortController();
    await hashFile(path, { signal: kept.signal });
    expect(getEventListeners(kept.signal, "abort")).toHaveLength(0);
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

/** Every read of the main thread brings at most so many bytes, as network file systems do it. */
async function readAtMost(bytes: number, path: string): Promise<void> {
  await using file = await open(path);
  const handles: Pick<FileHandle, "read"> = Object.getPrototypeOf(file);
  vi.spyOn(handles, "read").mockImplementation(async function (this: FileHandle, options) {
    const { buffer = Buffer.alloc(0), offset = 0, position = null } = options ?? {};
    const length = Math.min(buffer.byteLength - (offset ?? 0), bytes);
    return { buffer, bytesRead: readSync(this.fd, buffer, { offset: offset ?? 0, length, position }) };
  });
}
