import { mkdir, rm, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { filesBelow } from "./files-below.ts";
import { hideManaged } from "./hide-managed.ts";
import { look, names, type TestCache, testCache } from "./testing/test-cache.ts";

async function remove(cache: TestCache, entry: Pick<CatalogEntry, "localPath" | "files">): Promise<number | undefined> {
  return (await hideManaged(cache.cacheDir, entry))?.remove();
}

test("takes a model out of sight at once, in every version, and then off the disk", async () => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { "sub/a": "one" });
  await cache.publish("mem:a", { "sub/a": "two" });
  const other = await cache.publish("mem:b", { a: "other" });
  const hidden = await hideManaged(cache.cacheDir, { localPath: `${localPath}/sub/a`, files });
  expect(await names(cache.layout.models)).toEqual([expect.stringContaining("mem_b")]);
  await hidden?.remove();
  expect(await names(cache.layout.ingest)).toEqual([]);
  expect(await hideManaged(cache.cacheDir, { localPath, files })).toBeUndefined();
  expect((await look(cache.at(other.localPath, "a"))).links).toBe(2);
});

test.each(["full", "relaxed"] as const)("gives the room of bytes back that no model has any more (%s)", async (how) => {
  await using cache = await testCache();
  const published = await cache.publish("mem:a", { a: "1234", b: "123" }, how);
  expect(await remove(cache, published)).toBe(7);
  expect(await filesBelow(cache.at("blobs"))).toEqual([]);
});

test("bytes that another model shares stay, and are not counted", async () => {
  await using cache = await testCache();
  const other = await cache.publish("mem:b", { c: "1234" });
  const published = await cache.publish("mem:a", { a: "1234", b: "123" });
  expect(await remove(cache, published)).toBe(3);
  expect((await look(cache.blob("1234"))).links).toBe(2);
  expect(await remove(cache, other)).toBe(4);
  expect(await filesBelow(cache.cacheDir)).toEqual([]);
});

test("bytes that the model itself has twice are counted once, with and without a blob", async () => {
  for (const hasBlob of [true, false]) {
    await using cache = await testCache();
    const published = await cache.publish("mem:a", { a: "1234", b: "1234" });
    if (!hasBlob) await unlink(cache.blob("1234"));
    expect(await remove(cache, published)).toBe(4);
  }
});

test("a model without blobs gives back what it has", async () => {
  await using cache = await testCache();
  const published = await cache.publish("mem:a", { a: "1234" });
  await rm(cache.at("blobs"), { recursive: true });
  expect(await remove(cache, published)).toBe(4);
});

test("what is named by its content and is no file of ours is left alone", async () => {
  await using cache = await testCache();
  const published = await cache.publish("mem:a", { a: "1234" });
  await unlink(cache.blob("1234"));
  await symlink(join("/", "etc", "hosts"), cache.blob("1234"));
  await mkdir(join(cache.layout.unsynced, "boot"), { recursive: true });
  expect(await remove(cache, published)).toBe(4);
  expect((await look(cache.blob("1234"))).links).toBe(1);
});

test.each(["../outside/x/y", "models", "models/x", "models/../../x/y", "catalog/entries/ab", "/models/a/b"])(
  "refuses %s, whatever a record says",
  async (localPath) => {
    await using cache = await testCache();
    await expect(hideManaged(cache.cacheDir, { localPath, files: [] })).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
    });
  },
);
