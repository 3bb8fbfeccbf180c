import { join } from "node:path";
import { type CatalogEntry, isModelError } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { type ModelCache, modelCache } from "../survey/testing/model-cache.ts";
import { type Files, names } from "../testing/test-cache.ts";
import { withoutSync } from "../testing/without-sync.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { GarbageReport } from "./garbage-report.ts";
import {
  bring,
  contentOf,
  id,
  isIntact,
  oneFile,
  type Prepare,
  type Start,
  starts,
  twoFiles,
  type Way,
} from "./testing/bring.ts";
import { overtake } from "./testing/overtake.ts";

/** Some seconds on a machine that has nothing else to do. */
const timeout = 120_000;

interface Outcome {
  readonly result: PromiseSettledResult<CatalogEntry>;
  /** The call that the collection came before. */
  readonly before: string;
}

/** Brings it once for each of its calls, in a cache of its own, overtaken there; `check` looks at what came of it. */
async function overtakenEverywhere(
  prepare: Prepare,
  way: Way,
  check: (cache: ModelCache, outcome: Outcome) => Promise<void>,
): Promise<number> {
  await withoutSync();
  for (let call = 1; ; call += 1) {
    await using cache = await modelCache();
    await prepare(cache, way.files);
    const collect = (): Promise<GarbageReport> => collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 });
    const race = { folder: cache.cacheDir, slow: () => bring(cache, way), quick: collect };
    const { slow, quick, before } = await overtake(race, call);
    if (before === undefined) return call - 1;
    expect(
      quick?.skipped.filter(({ reason }) => reason !== "busy"),
      before,
    ).toEqual([]);
    await check(cache, { result: slow, before });
  }
}

/** It came out as if nobody had been there, and stays. */
async function expectWhole(cache: ModelCache, files: Files, { result, before }: Outcome): Promise<void> {
  if (result.status === "rejected") throw new Error(`before ${before}`, { cause: result.reason });
  await collectGarbage(cache.catalog, { graceMs: 0 });
  expect(await cache.catalog.get(id), before).toEqual(result.value);
  expect(await isIntact(cache, result.value), before).toBe(true);
  expect(await contentOf(join(cache.cacheDir, result.value.localPath)), before).toEqual(files);
  expect(await names(cache.at("ingest")), before).toEqual([]);
}

const withLock = { lock: "held", takesPresent: true, durability: "full", files: oneFile } as const;

test.each<[Start, Way]>([
  ["nothing", withLock],
  ["another model with one of its files", withLock],
  ["another model with one of its files", { ...withLock, takesPresent: false }],
  ["a Retired model with one of its files", withLock],
  ["one of its files, which was kept, and which no model has", withLock],
  ["one of its files, which was kept, and which no model has", { ...withLock, takesPresent: false }],
  ["one of its files, which was not waited for", withLock],
  ["one of its files, which was not waited for", { ...withLock, takesPresent: false, durability: "relaxed" }],
  ["just it, never registered", withLock],
  ["another version of it", withLock],
])(
  "where there is %s, a collection at any moment does no harm to whoever brings it so: %j",
  { timeout },
  async (start, way) => {
    const calls = await overtakenEverywhere(starts[start], way, (cache, outcome) =>
      expectWhole(cache, way.files, outcome),
    );
    expect(calls).toBeGreaterThan(35);
  },
);

const withoutLock = { ...withLock, lock: "passed-by", files: twoFiles } as const;

/** Without grace the collection takes what arrives away from under them: that is an error to be told, and no more. */
test.each<Start>(["nothing", "another model with one of its files", "just it, never registered", "just it, on record"])(
  "where there is %s, what is brought without the lock is shown whole or not at all",
  async (start) => {
    const calls = await overtakenEverywhere(starts[start], withoutLock, async (cache, { result, before }) => {
      if (result.status === "rejected" && !isModelError(result.reason)) {
        throw new Error(`before ${before}`, { cause: result.reason });
      }
      for (const version of await cache.shown(id)) {
        const content = await contentOf(cache.at(cache.folderOf(id), version));
        expect([twoFiles, { x: "another" }], before).toContainEqual(content);
      }
      const again: PromiseSettledResult<CatalogEntry> = { status: "fulfilled", value: await bring(cache, withoutLock) };
      await expectWhole(cache, twoFiles, { result: again, before });
    });
    expect(calls).toBeGreaterThan(35);
  },
);

test(
  "where just it is on record, whoever brings it once more without the lock does no harm to it",
  { timeout },
  async () => {
    await overtakenEverywhere(starts["just it, on record"], withoutLock, async (cache, { before }) => {
      const entry = await cache.catalog.get(id);
      expect(entry !== undefined && (await isIntact(cache, entry)), before).toBe(true);
    });
  },
);
