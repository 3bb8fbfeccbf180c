import { unlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { describeArtifact } from "../describe-artifact.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { expectOrder, recordCalls } from "../testing/fs-calls.ts";
import { record, testCache } from "../testing/test-cache.ts";
import { publishArtifact } from "./publish.ts";

const syncs = /^(?:f?datasync|f?sync) /;
const version = String.raw`models/mem_a-[0-9a-f]{16}/[0-9a-f]{16}`;

test("full: a file is on the disk before it is named by its content, its folders before they are shown", async () => {
  await using cache = await testCache();
  const calls = await recordCalls(cache.cacheDir);
  await cache.publish("mem:a", { "b/c": "one" });
  expectOrder(calls, [
    /^utimes .*\/tree\/b\/c$/,
    /^chmod .*\/tree\/b\/c$/,
    /^sync .*\/tree\/b\/c$/,
    /^link blobs\/sha256\//,
    /^rename .*\/sorted\/b\/c$/,
    /^sync .*\/sorted\/b$/,
    /^sync .*\/sorted$/,
    new RegExp(`^rename ${version}$`),
    /^sync models\/mem_a-[0-9a-f]{16}$/,
  ]);
  expectOrder(calls, [/^mkdir models$/, /^sync $/, /^mkdir models\/mem_a/, /^sync models$/, /^rename models\//]);
  expect(calls.filter((call) => /^(?:utimes|chmod) .*\/tree\/b\/c$/.test(call))).toHaveLength(2);
});

test("relaxed: nothing is waited for", async () => {
  await using cache = await testCache();
  const calls = await recordCalls(cache.cacheDir);
  await cache.publish("mem:a", { "b/c": "one" }, "relaxed");
  await cache.publish("mem:b", { d: "one" }, "relaxed");
  expect(calls.filter((call) => syncs.test(call))).toEqual([]);
  expectOrder(calls, [/^link blobs\/unsynced\//, new RegExp(`^rename ${version}$`)]);
});

test("full, of content that was not waited for: it is on the disk before it is named so", async () => {
  await using cache = await testCache();
  await cache.publish("mem:b", { a: "one" }, "relaxed");
  const calls = await recordCalls(cache.cacheDir);
  await cache.publish("mem:a", { a: "one" });
  expectOrder(calls, [
    /^sync .*\/sorted\/a$/,
    /^link blobs\/sha256\//,
    /^unlink blobs\/unsynced\//,
    /^sync .*\/sorted$/,
    new RegExp(`^rename ${version}$`),
  ]);
});

test("full, of a model that is shown and was not waited for: all of it is brought to the disk where it lies", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { "b/c": "one" }, "relaxed");
  const calls = await recordCalls(cache.cacheDir);
  await cache.publish("mem:a", { "b/c": "one" });
  const synced = calls.filter((call) => syncs.test(call)).map((call) => call.replaceAll(/[0-9a-f]{16}/g, "#"));
  expect(synced).toEqual(
    expect.arrayContaining([
      "sync models/mem_a-#/#/b/c",
      "sync models/mem_a-#/#/b",
      "sync models/mem_a-#/#",
      "sync models/mem_a-#",
      "sync models",
      "sync ",
    ]),
  );
});

test("full, of what was taken from the blobs and has lost its name there: it is on the disk before it has one again", async () => {
  await using cache = await testCache();
  await cache.publish("mem:b", { a: "one" }, "relaxed");
  const ingest = await openIngest(cache.cacheDir, "mem:a", { holdsLock: false });
  await ingest.takePresent([record("a", "one")]);
  await ingest.placePresent(new Set());
  await unlink(cache.unsyncedBlob("one"));
  const description = await describeArtifact({ kind: "directory", root: ingest.directory }, [record("a", "one")]);
  const calls = await recordCalls(cache.cacheDir);
  await publishArtifact({ cacheDir: cache.cacheDir, id: "mem:a", kind: "directory", ingest, description });
  expectOrder(calls, [/^sync .*\/tree\/a$/, /^link blobs\/sha256\//, new RegExp(`^rename ${version}$`)]);
});
