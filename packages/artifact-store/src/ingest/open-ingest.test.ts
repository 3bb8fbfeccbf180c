import { chmod, link, mkdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { look, names, type TestCache, testCache } from "../testing/test-cache.ts";
import { type IngestOptions, type OpenIngest, openIngest } from "./open-ingest.ts";

function open(cache: TestCache, options: IngestOptions = { holdsLock: true }, id = "mem:a"): Promise<OpenIngest> {
  return openIngest(cache.cacheDir, id, options);
}

async function write(ingest: OpenIngest, path: string, content: string): Promise<void> {
  const target = await ingest.target(path);
  await writeFile(target.path, content);
  await writeFile(target.journalPath, `notes on ${path}`);
}

test.each(["../x", "/x", "a//b", "a/./b", "a/../../b", "", "a\u0000b", "x".repeat(256)])(
  "has no target for %j",
  async (path) => {
    await using cache = await testCache();
    await expect((await open(cache)).target(path)).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
  },
);

test("keeps what is noted down of a target out of the artifact, and what is there of it apart by path", async () => {
  await using cache = await testCache();
  const ingest = await open(cache);
  await write(ingest, "sub/a.gguf", "abc");
  const [a, b] = [await ingest.target("sub/a.gguf"), await ingest.target("a.gguf")];
  expect([a.existingBytes, b.existingBytes]).toEqual([3, 0]);
  expect(a.journalPath).not.toBe(b.journalPath);
  expect((await filesBelow(ingest.directory)).map(({ path }) => path)).toEqual([a.path]);
});

test("with the lock, what was kept is continued, its notes included", async () => {
  await using cache = await testCache();
  const first = await open(cache);
  await write(first, "sub/a", "abc");
  await first.keep();
  const second = await open(cache);
  expect(second.directory).toBe(first.directory);
  expect(second.leftBytes).toBe(3);
  const target = await second.target("sub/a");
  expect(target.existingBytes).toBe(3);
  expect(await readFile(target.journalPath, "utf8")).toBe("notes on sub/a");
});

test("with the lock, what a killed process has left is continued as if it had been kept", async () => {
  await using cache = await testCache();
  await write(await open(cache), "a", "abc");
  expect((await (await open(cache)).target("a")).existingBytes).toBe(3);
});

test("what a process left that was killed when it had finished a file, and not yet named it, can be written to", async () => {
  await using cache = await testCache();
  const first = await open(cache);
  await write(first, "a", "abc");
  await chmod((await first.target("a")).path, 0o444);
  const target = await (await open(cache)).target("a");
  expect(target.existingBytes).toBe(3);
  expect((await stat(target.path)).mode & 0o200).not.toBe(0);
});

test("without the lock, nothing is continued, and nobody continues it", async () => {
  await using cache = await testCache();
  const holder = await open(cache);
  await write(holder, "a", "abc");
  const others = [await open(cache, { holdsLock: false }), await open(cache, { holdsLock: false })];
  for (const other of others) expect((await other.target("a")).existingBytes).toBe(0);
  expect(new Set([holder, ...others].map(({ root }) => root)).size).toBe(3);
  expect((await holder.target("a")).existingBytes).toBe(3);
  for (const other of others) {
    await write(other, "a", "other");
    await other.keep();
  }
  expect(await names(cache.layout.ingest)).toEqual([basename(holder.root)]);
});

test("another revision starts anew, and what was left of others is removed, but nothing of anyone else", async () => {
  await using cache = await testCache();
  const old = await open(cache, { holdsLock: true, revision: "1" });
  await write(old, "a", "abc");
  await old.keep();
  const unlocked = await open(cache, { holdsLock: false, revision: "1" });
  await write(unlocked, "a", "abc");
  const neighbour = await open(cache, { holdsLock: true, revision: "1" }, "mem:b");
  await write(neighbour, "a", "abc");
  await mkdir(join(cache.layout.ingest, "removed-0123456789abcdef"));

  const now = await open(cache, { holdsLock: true, revision: "2" });
  expect(now.leftBytes).toBe(0);
  expect((await now.target("a")).existingBytes).toBe(0);
  const left = [now.root, unlocked.root, neighbour.root].map((root) => basename(root));
  expect(await names(cache.layout.ingest)).toEqual([...left, "removed-0123456789abcdef"].toSorted());
});

test("without the lock, nothing of another revision is removed", async () => {
  await using cache = await testCache();
  const holder = await open(cache, { holdsLock: true, revision: "1" });
  await write(holder, "a", "abc");
  await open(cache, { holdsLock: false, revision: "2" });
  expect((await holder.target("a")).existingBytes).toBe(3);
});

test("what a killed process was about to publish, or had taken from the blobs, is cleared away", async () => {
  await using cache = await testCache();
  const killed = await open(cache);
  await write(killed, "a", "abc");
  for (const folder of ["sorted", "present"]) {
    await mkdir(join(killed.root, folder, "sub"), { recursive: true });
    await writeFile(join(killed.root, folder, "sub", "b"), "bcd");
  }
  const next = await open(cache);
  expect((await filesBelow(next.root)).map(({ path }) => basename(path))).toContain("a");
  expect((await filesBelow(next.root)).map(({ path }) => basename(path))).not.toContain("b");
});

test("a target with a second name is somebody's content: it gives way, and is not written to", async () => {
  await using cache = await testCache();
  const ingest = await open(cache);
  await writeFile(cache.at("shared"), "shared");
  await link(cache.at("shared"), join(ingest.directory, "a"));
  expect((await open(cache)).leftBytes).toBe(0);
  const target = await ingest.target("a");
  expect(target.existingBytes).toBe(0);
  await writeFile(target.path, "new");
  expect(await readFile(cache.at("shared"), "utf8")).toBe("shared");
  expect((await look(cache.at("shared"))).links).toBe(1);
});

test("a symbolic link that a tool has left at a target gives way too", async () => {
  await using cache = await testCache();
  const ingest = await open(cache);
  await writeFile(cache.at("mine"), "mine");
  await symlink(cache.at("mine"), join(ingest.directory, "a"));
  await write(ingest, "a", "new");
  expect(await readFile(cache.at("mine"), "utf8")).toBe("mine");
});

test("discarded, nothing is left; twice is once", async () => {
  await using cache = await testCache();
  for (const holdsLock of [true, false]) {
    const ingest = await open(cache, { holdsLock });
    await write(ingest, "sub/a", "abc");
    await ingest.discard();
    await ingest.discard();
  }
  expect(await names(cache.layout.ingest)).toEqual([]);
});

test("kept without a byte to go on with, nothing is left", async () => {
  await using cache = await testCache();
  const ingest = await open(cache);
  await write(ingest, "a", "");
  await ingest.keep();
  expect(await names(cache.layout.ingest)).toEqual([]);
});

test("a cache that cannot be written is a clear error", async () => {
  await using cache = await testCache();
  await writeFile(cache.layout.ingest, "in the way");
  await expect(open(cache)).rejects.toMatchObject({ code: "CATALOG_DIR_INVALID" });
  await expect(openIngest("/proc/no-cache", "mem:a", { holdsLock: true })).rejects.toMatchObject({
    code: "FILE_NOT_WRITABLE",
  });
});
