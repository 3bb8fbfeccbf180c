import { readFile } from "node:fs/promises";
import { type CatalogEntry, fileErrorFrom, isModelError } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { artifactLocation } from "../artifact-files.ts";
import type { Durability } from "../durability.ts";
import { filesBelow } from "../files-below.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { openModelLock } from "../locks/model-lock.ts";
import { checkPresence } from "../presence.ts";
import { keepContent } from "../publish/keep-content.ts";
import { publishArtifact } from "../publish/publish.ts";
import { entryOf, type ModelCache, modelCache } from "../survey/testing/model-cache.ts";
import { fill, names, record } from "../testing/test-cache.ts";
import { withoutSync } from "../testing/without-sync.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { GarbageReport } from "./garbage-report.ts";
import { overtake } from "./testing/overtake.ts";

const id = "mem:slow";
type Content = Readonly<Record<string, string>>;
const oneFile: Content = { "sub/a.gguf": "bytes of one" };
const twoFiles: Content = { ...oneFile, "b.gguf": "bytes of two" };

type Prepare = (cache: ModelCache, files: Content) => Promise<unknown>;

/** What is there before it begins. */
const starts: Readonly<Record<string, Prepare>> = {
  nothing: async () => {},
  "another model with one of its files": (cache) => cache.add("mem:other", { x: "bytes of one" }),
  "one of its files, which was kept, and which no model has": async (cache) => {
    const { ingest, description } = await cache.arrive("mem:refused", { x: "bytes of one" });
    await keepContent({ cacheDir: cache.cacheDir, ingest, description });
    await ingest.discard();
  },
  "one of its files, which was not waited for": (cache) => cache.publish("mem:other", { x: "bytes of one" }, "relaxed"),
  "just it, never registered": (cache, files) => cache.publish(id, files),
  "just it, on record": (cache, files) => cache.add(id, files),
  "another version of it": (cache) => cache.add(id, { x: "another" }),
};

interface Way {
  readonly holdsLock: boolean;
  /** What is here already is taken first, and not fetched. */
  readonly takesPresent: boolean;
  readonly durability: Durability;
  readonly files: Content;
}

/** As the provisioner does it: arrives, is published, is put on record, all within its turn. */
async function bring(cache: ModelCache, { holdsLock, takesPresent, durability, files }: Way): Promise<CatalogEntry> {
  const { cacheDir, catalog } = cache;
  const lock = await openModelLock(cacheDir, id);
  if (holdsLock) expect(lock.tryHold()).toBe("held");
  const ingest = await openIngest(cacheDir, id, { holdsLock });
  try {
    const wanted = Object.entries(files).map(([path, content]) => record(path, content));
    const taken = takesPresent ? await ingest.takePresent(wanted) : [];
    const fetched = Object.entries(files).filter(([path]) => !taken.some((each) => each.path === path));
    await fill(ingest, Object.fromEntries(fetched)).catch((error: unknown) => {
      throw fileErrorFrom(error, ingest.directory, "write");
    });
    await ingest.placePresent(new Set(fetched.map(([path]) => path)));
    const description = entryOf(id, { localPath: "", files: wanted });
    const published = await publishArtifact({ cacheDir, id, kind: "directory", ingest, description, durability });
    const { unsyncedBoot } = published;
    const entry = { ...entryOf(id, published), ...(unsyncedBoot !== undefined && { unsyncedBoot }) };
    await catalog.put(entry);
    return entry;
  } finally {
    await ingest.discard();
    await lock.release();
  }
}

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
async function expectWhole(cache: ModelCache, files: Content, { result, before }: Outcome): Promise<void> {
  if (result.status === "rejected") throw new Error(`before ${before}`, { cause: result.reason });
  await collectGarbage(cache.catalog, { graceMs: 0 });
  expect(await cache.catalog.get(id), before).toEqual(result.value);
  const artifact = artifactLocation(cache.cacheDir, result.value);
  expect(await checkPresence(artifact, result.value), before).toBe("intact");
  expect(await contentOf(artifact.root), before).toEqual(files);
  expect(await names(cache.at("ingest")), before).toEqual([]);
}

async function contentOf(root: string): Promise<Content> {
  const found = await filesBelow(root);
  const read = found.map(async ({ path }) => [
    path.slice(root.length + 1).replaceAll("\\", "/"),
    await readFile(path, "utf8"),
  ]);
  return Object.fromEntries(await Promise.all(read));
}

const withLock = { holdsLock: true, takesPresent: true, durability: "full", files: oneFile } as const;

test.each<[string, Way]>([
  ["nothing", withLock],
  ["nothing", { ...withLock, durability: "relaxed" }],
  ["another model with one of its files", withLock],
  ["another model with one of its files", { ...withLock, takesPresent: false }],
  ["another model with one of its files", { ...withLock, files: twoFiles }],
  ["one of its files, which was kept, and which no model has", withLock],
  ["one of its files, which was kept, and which no model has", { ...withLock, takesPresent: false }],
  ["one of its files, which was not waited for", withLock],
  ["one of its files, which was not waited for", { ...withLock, takesPresent: false }],
  ["just it, never registered", withLock],
  ["another version of it", withLock],
])("where there is %s, a collection at any moment does no harm to whoever brings it so: %j", async (start, way) => {
  const calls = await overtakenEverywhere(starts[start] ?? (async () => {}), way, (cache, outcome) =>
    expectWhole(cache, way.files, outcome),
  );
  expect(calls).toBeGreaterThan(35);
});

const withoutLock = { ...withLock, holdsLock: false, files: twoFiles };

/** Without grace the collection takes what arrives away from under them: that is an error to be told, and no more. */
test.each(Object.entries(starts))(
  "where there is %s, what is brought without the lock is shown whole or not at all",
  async (_, prepare) => {
    const calls = await overtakenEverywhere(prepare, withoutLock, async (cache, { result, before }) => {
      if (result.status === "rejected" && !isModelError(result.reason)) {
        throw new Error(`before ${before}`, { cause: result.reason });
      }
      for (const version of await cache.shown(id)) {
        const content = await contentOf(cache.at(cache.folderOf(id), version));
        expect([twoFiles, { x: "another" }], before).toContainEqual(content);
      }
      const again: PromiseSettledResult<CatalogEntry> = {
        status: "fulfilled",
        value: await bring(cache, withoutLock),
      };
      await expectWhole(cache, twoFiles, { result: again, before });
    });
    expect(calls).toBeGreaterThan(35);
  },
);

test("where just it is on record, whoever brings it once more without the lock does no harm to it", async () => {
  const prepare: Prepare = (cache, files) => cache.add(id, files);
  await overtakenEverywhere(prepare, withoutLock, async (cache, { before }) => {
    const entry = await cache.catalog.get(id);
    if (entry === undefined) throw new Error(`The record is gone, before ${before}.`);
    const artifact = artifactLocation(cache.cacheDir, entry);
    expect(await checkPresence(artifact, entry), before).toBe("intact");
  });
});
