import { readFile, unlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { describeArtifact } from "../describe-artifact.ts";
import { filesBelow, sumOf } from "../files-below.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { beforeEachCall } from "../testing/fs-calls.ts";
import { look, record, testCache } from "../testing/test-cache.ts";
import { publishArtifact } from "./publish.ts";

const stamped = { mode: 0o444, modified: "2000-01-01T00:00:00.000Z" };

test("the file that is shown and its blob are one; what arrived is gone", async () => {
  await using cache = await testCache();
  const { ingest, description } = await cache.arrive("mem:a", { a: "one" });
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  const { localPath, unsyncedBoot } = await publishArtifact({ ...arrival, kind: "directory" });
  const blob = await look(cache.blob("one"));
  expect(blob).toMatchObject({ ...stamped, links: 2 });
  expect(await look(cache.at(localPath, "a"))).toEqual(blob);
  expect(unsyncedBoot).toBeUndefined();
  expect(await filesBelow(ingest.root)).toEqual([]);
});

test("two models with the same bytes share one file", async () => {
  await using cache = await testCache();
  const one = await cache.publish("mem:a", { a: "same" });
  const two = await cache.publish("mem:b", { b: "same" });
  const file = await look(cache.at(one.localPath, "a"));
  expect(file).toMatchObject({ ...stamped, links: 3 });
  expect(await look(cache.at(two.localPath, "b"))).toEqual(file);
});

test("what has arrived and is here already is let go", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "same" });
  const { ingest, description } = await cache.arrive("mem:b", { b: "same" });
  const arrival = { cacheDir: cache.cacheDir, id: "mem:b", ingest, description };
  await publishArtifact({ ...arrival, kind: "directory" });
  expect(await filesBelow(ingest.root)).toEqual([]);
});

test("so do files of several folders, and equal files within one folder", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { "deep/a": "same", b: "other" });
  const { localPath } = await cache.publish("mem:b", { c: "same", "d/e": "same", f: "own" });
  const file = await look(cache.blob("same"));
  expect(file.links).toBe(4);
  expect(await look(cache.at(localPath, "c"))).toEqual(file);
  expect(await look(cache.at(localPath, "d", "e"))).toEqual(file);
});

test.each(["full", "relaxed"] as const)("equal files that arrive at once are one file (%s)", async (durability) => {
  await using cache = await testCache();
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}`, "same"]));
  const { localPath } = await cache.publish("mem:a", files, durability);
  expect((await look(cache.at(localPath, "0"))).links).toBe(13);
});

test("of two models that are published at once, the slower one uses the file of the faster one", async () => {
  await using cache = await testCache();
  let raced = false;
  await beforeEachCall(cache.layout.blobs, async ({ name }) => {
    if (name !== "link" || raced) return;
    raced = true;
    await cache.publish("mem:b", { b: "same" });
  });
  const { localPath } = await cache.publish("mem:a", { a: "same" });
  expect(raced).toBe(true);
  expect(await look(cache.at(localPath, "a"))).toMatchObject({ ...stamped, links: 3 });
});

test("a model that is published again uses what is there, and takes no room", async () => {
  await using cache = await testCache();
  const first = await cache.publish("mem:a", { a: "one", "b/c": "two" });
  const file = await look(cache.at(first.localPath, "a"));
  expect(await cache.publish("mem:a", { a: "one", "b/c": "two" })).toEqual(first);
  expect(await look(cache.at(first.localPath, "a"))).toEqual(file);
  expect(sumOf(await filesBelow(cache.layout.damaged))).toBe(0);
});

test("of one model that is published twice at once there is one whole version", async () => {
  await using cache = await testCache();
  const files = { a: "one", b: "two" };
  const both = await Promise.all([cache.publish("mem:a", files), cache.publish("mem:a", files)]);
  expect(both[0]).toEqual(both[1]);
  expect(await readFile(cache.at(both[0].localPath, "b"), "utf8")).toBe("two");
  expect((await look(cache.at(both[0].localPath, "a"))).links).toBe(2);
});

test("what was taken from the blobs is shown, and is shared further, when it has lost its name among them", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: "same" });
  const ingest = await openIngest(cache.cacheDir, "mem:b", { holdsLock: false });
  await ingest.takePresent([record("b", "same")]);
  await ingest.placePresent(new Set());
  await unlink(cache.blob("same"));
  const description = await describeArtifact({ kind: "directory", root: ingest.directory }, [record("b", "same")]);
  const arrival = { cacheDir: cache.cacheDir, id: "mem:b", ingest, description };
  await publishArtifact({ ...arrival, kind: "directory" });
  const file = await look(cache.blob("same"));
  expect(file).toMatchObject({ ...stamped, links: 3 });
  expect(await look(cache.at(localPath, "a"))).toEqual(file);
});
