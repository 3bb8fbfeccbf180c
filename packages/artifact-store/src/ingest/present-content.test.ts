import { readFile, rm, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { look, names, record, sha256, testCache } from "../testing/test-cache.ts";
import { openIngest } from "./open-ingest.ts";

const locked = { holdsLock: true } as const;

test("content that is here under any model is taken, whatever its path is there, and placed as what has arrived", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { "deep/a": "one", b: "two" });
  const ingest = await openIngest(cache.cacheDir, "mem:c", locked);
  const [x, y] = [record("x", "one"), record("sub/y", "two")];
  expect(await ingest.takePresent([x, record("z", "three"), y])).toEqual([x, y]);
  expect([...ingest.present]).toEqual(["x", "sub/y"]);
  expect(await filesBelow(ingest.directory)).toEqual([]);
  expect(await ingest.placePresent(new Set())).toEqual([x, y]);
  expect(await look(join(ingest.directory, "x"))).toEqual(await look(cache.blob("one")));
  expect(await readFile(join(ingest.directory, "sub", "y"), "utf8")).toBe("two");
  expect(await names(join(ingest.root, "present"))).toEqual([]);
});

test("the size is told where only the digest was known", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "four" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  expect(await ingest.takePresent([{ path: "b", digest: sha256("four") }])).toEqual([record("b", "four")]);
});

test("what is taken stays, though every other name of it goes", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  await ingest.takePresent([record("b", "one")]);
  await rm(cache.layout.models, { recursive: true });
  await unlink(cache.blob("one"));
  await ingest.placePresent(new Set());
  expect(await readFile(join(ingest.directory, "b"), "utf8")).toBe("one");
});

test("what was fetched all the same is preferred", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one", b: "two" });
  const ingest = await openIngest(cache.cacheDir, "mem:c", locked);
  await ingest.takePresent([record("x", "one"), record("y", "two")]);
  await writeFile((await ingest.target("x")).path, "fetched");
  expect(await ingest.placePresent(new Set(["x"]))).toEqual([record("y", "two")]);
  expect(await readFile(join(ingest.directory, "x"), "utf8")).toBe("fetched");
});

test("it takes the place of what an earlier attempt has left of it", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  await writeFile((await ingest.target("b")).path, "on");
  await ingest.takePresent([record("b", "one")]);
  await ingest.placePresent(new Set());
  expect(await readFile(join(ingest.directory, "b"), "utf8")).toBe("one");
});

test("asked twice, nothing is taken twice", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  await ingest.takePresent([record("b", "one")]);
  expect(await ingest.takePresent([record("b", "one")])).toEqual([record("b", "one")]);
  expect((await stat(cache.blob("one"))).nlink).toBe(3);
});

test("is not kept for the next attempt, which takes it again; what had been fetched is", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const first = await openIngest(cache.cacheDir, "mem:b", locked);
  await first.takePresent([record("b", "one")]);
  await first.placePresent(new Set());
  await first.keep();
  expect(await names(cache.layout.ingest)).toEqual([]);

  const second = await openIngest(cache.cacheDir, "mem:b", locked);
  await second.takePresent([record("b", "one")]);
  await second.placePresent(new Set());
  await writeFile((await second.target("c")).path, "fetched");
  await second.keep();
  const third = await openIngest(cache.cacheDir, "mem:b", locked);
  expect(third.leftBytes).toBe("fetched".length);
  expect(await third.takePresent([record("b", "one")])).toHaveLength(1);
});

test("an abort while content is read is thrown as it is, and the next try is as good as the first", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  await utimes(cache.blob("one"), new Date(), new Date());
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  const signal = AbortSignal.abort("enough");
  await expect(ingest.takePresent([record("b", "one")], { signal })).rejects.toBe("enough");
  expect(await ingest.takePresent([record("b", "one")])).toEqual([record("b", "one")]);
});

test("what cannot be placed is a typed error", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "one" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", locked);
  await ingest.takePresent([record("b", "one")]);
  await rm(join(ingest.root, "present"), { recursive: true });
  await expect(ingest.placePresent(new Set())).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
});
