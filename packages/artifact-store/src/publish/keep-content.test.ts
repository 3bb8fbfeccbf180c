import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { expectOrder, recordCalls } from "../testing/fs-calls.ts";
import { look, names, record, type TestCache, testCache } from "../testing/test-cache.ts";
import { keepContent } from "./keep-content.ts";

async function keep(cache: TestCache, durability: "full" | "relaxed" = "full"): Promise<void> {
  const { ingest, description } = await cache.arrive("mem:a", { a: "one", "sub/b": "two" });
  await keepContent({ cacheDir: cache.cacheDir, ingest, description, durability });
  await ingest.discard();
}

test("content is named by what it really is, read-only, when the ingest is gone; and nothing is shown", async () => {
  await using cache = await testCache();
  await keep(cache);
  for (const content of ["one", "two"]) {
    const kept = { links: 1, mode: 0o444, modified: "2000-01-01T00:00:00.000Z" };
    expect(await look(cache.blob(content))).toMatchObject(kept);
  }
  expect(await names(cache.layout.ingest)).toEqual([]);
  expect(await names(cache.layout.models)).toEqual([]);
});

test("it is used by whoever asks for just these bytes", async () => {
  await using cache = await testCache();
  await keep(cache);
  const ingest = await openIngest(cache.cacheDir, "mem:b", { holdsLock: true });
  expect(await ingest.takePresent([record("x", "one")])).toHaveLength(1);
  const { localPath } = await cache.publish("mem:c", { y: "two" });
  expect(await look(cache.at(localPath, "y"))).toEqual(await look(cache.blob("two")));
});

test("it is on the disk before it is named so; relaxed, it is named so for this boot alone", async () => {
  await using cache = await testCache();
  const calls = await recordCalls(cache.cacheDir);
  await keep(cache);
  expectOrder(calls, [/^sync .*\/tree\/a$/, /^link blobs\/sha256\//]);
  await using other = await testCache();
  await keep(other, "relaxed");
  expect((await look(other.unsyncedBlob("one"))).links).toBe(1);
  expect(await filesBelow(other.layout.blobs)).toEqual([]);
});

test("what had been taken from the blobs is kept as well", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const { ingest, description } = await cache.arrive("mem:b", { x: "own" });
  await ingest.takePresent([record("b", "one")]);
  await ingest.placePresent(new Set());
  const files = [...description.files, record("b", "one")];
  await keepContent({ cacheDir: cache.cacheDir, ingest, description: { ...description, files } });
  expect(await look(join(ingest.directory, "b"))).toEqual(await look(cache.blob("one")));
  expect((await look(cache.blob("own"))).links).toBe(2);
});
