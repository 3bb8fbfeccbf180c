import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { type ModelCache, modelCache } from "../survey/testing/model-cache.ts";
import { withoutSync } from "../testing/without-sync.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { GarbageReport } from "./garbage-report.ts";
import {
  contentOf,
  ensureWithoutLock,
  id,
  isIntact,
  oneFile,
  type Prepare,
  type Start,
  starts,
} from "./testing/bring.ts";
import { overtake } from "./testing/overtake.ts";

/** Some seconds on a machine that has nothing else to do. */
const timeout = 120_000;

const collect = (cache: ModelCache): Promise<GarbageReport> =>
  collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 });

/** Collects once for each of its calls, in a cache of its own, and is overtaken there. */
async function overtakenEverywhere<Quick>(
  prepare: Prepare,
  quick: (cache: ModelCache) => Promise<Quick>,
  check: (cache: ModelCache, outcome: Outcome<Quick>) => Promise<void>,
): Promise<void> {
  await withoutSync();
  let overtaken = 0;
  for (;;) {
    await using cache = await modelCache();
    await prepare(cache, oneFile);
    const bytes = await bytesIn(cache);
    const race = { folder: cache.cacheDir, slow: () => collect(cache), quick: () => quick(cache) };
    const outcome = await overtake(race, overtaken + 1);
    if (outcome.before === undefined || outcome.quick === undefined) break;
    if (outcome.slow.status === "rejected") throw new Error(`before ${outcome.before}`, { cause: outcome.slow.reason });
    const report = outcome.slow.value;
    expect(
      report.skipped.filter(({ reason }) => reason !== "busy"),
      outcome.before,
    ).toEqual([]);
    await check(cache, { report, quick: outcome.quick, before: outcome.before, bytes });
    overtaken += 1;
  }
  expect(overtaken).toBeGreaterThan(3);
}

interface Outcome<Quick> {
  readonly report: GarbageReport;
  readonly quick: Quick;
  /** The call of the collection that the other one came before. */
  readonly before: string;
  /** What was on the disk when both began. */
  readonly bytes: number;
}

/**
 * Without the lock, since the collection may hold it at that moment. So this is the hardest case: where nothing can be
 * locked, or next to a collection that was stopped for so long that it is passed by.
 */
test.each<Start>([
  "nothing",
  "a Retired model with one of its files",
  "one of its files, which was not waited for",
  "just it, never registered",
  "just it, on record",
  "just it, Retired",
  "another version of it, and just it, superseded",
])("where there is %s, whoever brings it at any moment of a collection has it", { timeout }, async (start) => {
  const way = { lock: "passed-by", takesPresent: true, durability: "full", files: oneFile } as const;
  const ensured = async (cache: ModelCache): Promise<"done"> => {
    await ensureWithoutLock(cache, way);
    return "done";
  };
  await overtakenEverywhere(starts[start], ensured, async (cache, { before }) => {
    const entry = await cache.catalog.get(id);
    if (entry === undefined) throw new Error(`The record is gone: before ${before}.`);
    expect(entry.lifecycle, before).toBe("Active");
    expect(await isIntact(cache, entry), before).toBe(true);
    expect(await contentOf(cache.at(entry.localPath)), before).toEqual(oneFile);
  });
});

test("two collections, one within the other, make no mistake and free each byte once", { timeout }, async () => {
  const prepare: Prepare = async (cache) => {
    await cache.add("mem:active", { a: "shared", b: "own" });
    await cache.publish("mem:a", { a: "shared", b: "garbage" });
    await cache.add("mem:r", { a: "shared", b: "garbage", c: "retired" }, { lifecycle: "Retired" });
    await cache.write("ingest/removed-0123456789abcdef/a", "removed");
    await cache.write("blobs/unsynced/an-earlier-boot/" + "a".repeat(64), "unsynced");
  };
  await overtakenEverywhere(prepare, collect, async (cache, { report, quick, before, bytes }) => {
    const left = await bytesIn(cache);
    expect(report.freedBytes + quick.freedBytes, before).toBe(bytes - left);
    expect((await collect(cache)).keptBytes, before).toBe("sharedown".length);
    const active = await cache.catalog.get("mem:active");
    expect(active !== undefined && (await isIntact(cache, active)), before).toBe(true);
  });
});

/** Content in the cache, each file once. */
async function bytesIn(cache: ModelCache): Promise<number> {
  const found = await Promise.all(["models", "blobs", "ingest", "damaged"].map((name) => filesBelow(cache.at(name))));
  const files = found.flat().filter(({ path }) => !path.endsWith(".id"));
  const sizes = new Map(files.map(({ inode, sizeBytes }) => [inode, sizeBytes]));
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
