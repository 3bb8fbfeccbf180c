import { afterEach, beforeEach, expect, test } from "vitest";
import { idHash } from "../cache-layout.ts";
import { openModelLock } from "../locks/model-lock.ts";
import { keepContent } from "../publish/keep-content.ts";
import { type ModelCache, modelCache, treeSnapshot } from "../survey/testing/model-cache.ts";
import { collectGarbage, type GarbageOptions } from "./collect-garbage.ts";
import type { GarbageReport } from "./garbage-report.ts";

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(() => cache[Symbol.asyncDispose]());

/** Of everything that there is, and shared in every way: between models, versions, arrivals, what is damaged, and blobs. */
async function makeMess(): Promise<void> {
  await cache.add("mem:active", { a: "shared by all", b: "active's own" });
  await cache.publish("mem:active", { a: "shared by all", b: "old active's own", c: "shared by old ones" });
  await cache.publish("mem:nobody", { x: "shared by old ones", y: "shared by all" });
  for (const [id, own] of Object.entries({ "mem:r1": "r1's", "mem:r2": "r2's very own", "mem:r3": "3" })) {
    await cache.publish(id, { a: `older ${own}` });
    await cache.add(id, { a: own, b: "shared by the retired", c: "shared by all" }, { lifecycle: "Retired" });
  }
  const { ingest, description } = await cache.arrive("mem:kept", { a: "kept twice" });
  await keepContent({ cacheDir: cache.cacheDir, ingest, description });
  const taking = await cache.arrive("mem:taking", {});
  await taking.ingest.takePresent([{ path: "x", ...description.files[0], digest: description.digest }]);
  await cache.write("blobs/unsynced/an-earlier-boot/" + "a".repeat(64), "unsynced");
  await cache.write("damaged/0123456789abcdef-01234567/a", "damaged");
  await cache.write("ingest/removed-0123456789abcdef/a", "removed");
  await cache.write("models/stranger", "stranger");
  await cache.write(`locks/${idHash("mem:dead")}.json`, "{}");
}

async function both(options: GarbageOptions): Promise<readonly [GarbageReport, GarbageReport]> {
  const before = await treeSnapshot(cache.cacheDir);
  const told: unknown[] = [];
  const dry = await collectGarbage(cache.catalog, { ...options, dryRun: true, onRemoved: (item) => told.push(item) });
  expect(await treeSnapshot(cache.cacheDir)).toEqual(before);
  expect(told).toEqual(dry.items);
  return [dry, await collectGarbage(cache.catalog, options)];
}

test.each<GarbageOptions>([
  {},
  { graceMs: 0 },
  { graceMs: 0, maxSizeBytes: 60 },
  { graceMs: 0, maxSizeBytes: 0 },
  { maxSizeBytes: 0 },
])("with %j a dry run changes nothing, and says just what a real one does", async (options) => {
  await makeMess();
  const [dry, real] = await both(options);
  expect(real).toEqual(dry);
  expect(dry.items.length).toBeGreaterThan(0);
  // What is left is what was said to be kept, and to remove it all frees just that.
  expect((await collectGarbage(cache.catalog, { graceMs: Infinity, dryRun: true })).keptBytes).toBe(real.keptBytes);
});

test("a lock that is held is told, and no lock is made", async () => {
  await cache.publish("mem:a", { a: "one" });
  const holder = await openModelLock(cache.cacheDir, "mem:a");
  holder.tryHold();
  await holder.note({ doneBytes: 0, totalBytes: null });
  const [dry, real] = await both({ graceMs: 0 });
  expect(dry).toMatchObject({ items: [], skipped: [{ path: cache.folderOf("mem:a"), reason: "busy" }] });
  expect(real).toEqual(dry);
  await holder.release();
});

test("the note of a holder that died stays", async () => {
  await cache.publish("mem:a", { a: "one" });
  const holder = await openModelLock(cache.cacheDir, "mem:a");
  holder.tryHold();
  await holder.release();
  await cache.write(`locks/${idHash("mem:a")}.json`, "{}");
  const [dry, real] = await both({ graceMs: 0 });
  expect(dry.items.map(({ kind }) => kind)).toEqual(["version", "folder", "note"]);
  expect(real).toEqual(dry);
});
