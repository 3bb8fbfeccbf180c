import { readFile, stat, utimes } from "node:fs/promises";
import { type CatalogEntry, type CatalogStore, fileError } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ModelCache, modelCache, storeLike, treeSnapshot } from "../survey/testing/model-cache.ts";
import { names } from "../testing/test-cache.ts";
import { collectGarbage, type GarbageOptions } from "./collect-garbage.ts";

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(() => cache[Symbol.asyncDispose]());

/** Later than the time that all managed content has; in the past. */
const someDayMs = Date.parse("2020-01-01");

/** Retired, and last used some ms after that day; its one file has ten bytes of its own. */
async function retire(name: string, afterMs: number, changes: Partial<CatalogEntry> = {}): Promise<CatalogEntry> {
  const usedMs = someDayMs + afterMs;
  const entry = await cache.add(`mem:${name}`, { "a.gguf": `bytes of ${name}` }, { lifecycle: "Retired" });
  const provenance = { ...entry.provenance, finishedMs: usedMs };
  const old: CatalogEntry = { ...entry, lastVerifiedMs: usedMs, provenance, ...changes };
  await cache.catalog.put(old);
  return old;
}

/** Ids of the Retired models that went, in order. */
async function gone(options: GarbageOptions): Promise<readonly (string | undefined)[]> {
  const { items } = await collectGarbage(cache.catalog, options);
  expect(items.filter(({ kind }) => kind !== "retired")).toEqual([]);
  return items.map(({ id }) => id);
}

test("Retired models stay as long as the cache fits, or no size is given", async () => {
  await retire("a", 0);
  const before = await treeSnapshot(cache.cacheDir);
  expect(await gone({ graceMs: 0 })).toEqual([]);
  expect(await gone({ graceMs: 0, maxSizeBytes: 10 })).toEqual([]);
  expect(await treeSnapshot(cache.cacheDir)).toEqual(before);
});

test("the least recently used go first, until it fits; Active ones never, and what is still too much is told", async () => {
  await retire("c", 3_000);
  await retire("a", 1_000);
  await retire("b", 2_000);
  const active = await cache.add("mem:z", { "a.gguf": "bytes of z" });
  const report = await collectGarbage(cache.catalog, { maxSizeBytes: 25 });
  expect(report).toMatchObject({ freedBytes: 20, keptBytes: 20, overBytes: 0, skipped: [] });
  expect(report.items).toEqual([
    { kind: "retired", id: "mem:a", path: cache.folderOf("mem:a"), bytes: 10 },
    { kind: "retired", id: "mem:b", path: cache.folderOf("mem:b"), bytes: 10 },
  ]);
  expect(await cache.catalog.get("mem:a")).toBeUndefined();
  expect(await cache.catalog.get("mem:c")).toMatchObject({ lifecycle: "Retired" });

  expect(await collectGarbage(cache.catalog, { maxSizeBytes: 3 })).toMatchObject({
    items: [{ id: "mem:c" }],
    keptBytes: 10,
    overBytes: 7,
  });
  expect(await cache.catalog.get("mem:z")).toEqual(active);
  expect(await names(cache.at("ingest"))).toEqual([]);
});

describe("a model counts as used", () => {
  test("when it was last read, as far as the file system says", async () => {
    const { localPath } = await retire("r", 1_000);
    await retire("u", 2_000);
    const file = cache.at(localPath, "a.gguf");
    await utimes(file, new Date(), (await stat(file)).mtime);
    expect(await gone({ maxSizeBytes: 10 })).toEqual(["mem:u"]);
  });

  test("when it was last verified", async () => {
    await retire("v", 1_000, { lastVerifiedMs: 3_000_000_000_000 });
    await retire("b", 2_000);
    expect(await gone({ maxSizeBytes: 10 })).toEqual(["mem:b"]);
  });

  test("when it was brought", async () => {
    const { provenance } = await retire("w", 1_000);
    await retire("w", 1_000, { provenance: { ...provenance, finishedMs: 3_000_000_000_000 } });
    await retire("b", 2_000);
    expect(await gone({ maxSizeBytes: 10 })).toEqual(["mem:b"]);
  });
});

test("one whose bytes an Active model has as well gives nothing back, and stays", async () => {
  const shared = { "a.gguf": "shared bytes" };
  await cache.add("mem:a", shared, { lifecycle: "Retired" });
  await cache.add("mem:b", shared);
  const report = await collectGarbage(cache.catalog, { maxSizeBytes: 5 });
  expect(report).toMatchObject({ items: [], freedBytes: 0, keptBytes: 12, overBytes: 7 });
});

test("of two that share their bytes, the last one gives them back", async () => {
  const shared = { "a.gguf": "shared bytes" };
  await cache.add("mem:a", shared, { lifecycle: "Retired" });
  await cache.add("mem:b", { "x.gguf": "shared bytes", "y.gguf": "own" }, { lifecycle: "Retired" });
  const { items, keptBytes } = await collectGarbage(cache.catalog, { maxSizeBytes: 5 });
  expect(items.map(({ id, bytes }) => [id, bytes])).toEqual([
    ["mem:a", 0],
    ["mem:b", 15],
  ]);
  expect(keptBytes).toBe(0);
  expect((await cache.paths()).filter((path) => /[0-9a-f]{16}/.test(path))).toEqual([]);
});

test("what other garbage gives back is given back first", async () => {
  await retire("a", 1_000);
  await cache.publish("mem:b", { "b.gguf": "bytes of b" });
  const { items } = await collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 10 });
  expect(items.map(({ kind }) => kind)).toEqual(["version", "folder"]);
});

test("with a model go all of its versions, those within their grace period too", async () => {
  await cache.publish("mem:a", { "a.gguf": "older one" });
  await retire("a", 1_000);
  const report = await collectGarbage(cache.catalog, { maxSizeBytes: 0 });
  expect(report).toMatchObject({ items: [{ kind: "retired", bytes: 19 }], keptBytes: 0 });
  expect((await cache.paths()).filter((path) => /[0-9a-f]{16}/.test(path))).toEqual([]);
});

/** The catalog, on which somebody makes a model Active before it is asked for it the n-th time. */
function activatedBefore(call: number, id: string): CatalogStore {
  let calls = 0;
  return storeLike(cache.catalog, {
    async get(asked) {
      calls += 1;
      if (calls === call) await cache.catalog.setState(id, "Active");
      return cache.catalog.get(asked);
    },
  });
}

test.each([1, 2])("one that is made Active before the look number %i stays, record and bytes", async (look) => {
  const { localPath } = await retire("a", 1_000);
  const before = await treeSnapshot(cache.at("models"));
  const report = await collectGarbage(activatedBefore(look, "mem:a"), { maxSizeBytes: 0 });
  expect(report).toMatchObject({ items: [], skipped: [], freedBytes: 0, keptBytes: 10 });
  expect(await cache.catalog.get("mem:a")).toMatchObject({ lifecycle: "Active" });
  expect(await readFile(cache.at(localPath, "a.gguf"), "utf8")).toBe("bytes of a");
  expect(await names(cache.at("ingest"))).toEqual([]);
  expect(await treeSnapshot(cache.at("models"))).toHaveLength(before.length);
});

test("one whose record cannot be deleted stays where it is, and is reported", async () => {
  const { localPath } = await retire("a", 1_000);
  const failure = fileError("FILE_NOT_WRITABLE", { message: "The record stays.", hint: "None." });
  const store = storeLike(cache.catalog, { delete: async () => Promise.reject(failure) });
  const report = await collectGarbage(store, { maxSizeBytes: 0 });
  expect(report.items).toEqual([]);
  expect(report.skipped).toEqual([{ path: cache.folderOf("mem:a"), reason: "failed", error: failure }]);
  expect(await readFile(cache.at(localPath, "a.gguf"), "utf8")).toBe("bytes of a");
});
