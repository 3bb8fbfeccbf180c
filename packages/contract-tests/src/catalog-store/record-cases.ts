import assert from "node:assert/strict";
import { isAbsolute } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { sampleEntry } from "../kit/sample-entry.ts";
import { treeSnapshot } from "../kit/tree-snapshot.ts";
import { fullEntry, oddIds, uncommonEntries } from "./record-samples.ts";
import type { StoreCases } from "./store-place.ts";

/** One record: what is put is what one gets. */
export const recordCases: StoreCases = {
  "cacheDir is absolute": async ({ store }) => {
    assert.ok(isAbsolute(store.cacheDir), `cacheDir is ${JSON.stringify(store.cacheDir)}`);
  },

  "get of an unknown id is undefined": async ({ store }) => {
    assert.equal(await store.get("mem:unknown"), undefined);
    await store.put(sampleEntry("mem:known"));
    assert.equal(await store.get("mem:unknown"), undefined);
  },

  "get gives back every field that was put": async ({ store }) => {
    for (const entry of [fullEntry(), ...uncommonEntries()]) {
      await store.put(entry);
      assert.deepStrictEqual(await store.get(entry.id), entry);
    }
  },

  "ids of any characters stay apart": async ({ store }) => {
    for (const id of oddIds) await store.put(sampleEntry(id));
    for (const id of oddIds) assert.deepStrictEqual(await store.get(id), sampleEntry(id));
  },

  "an odd id that was never put is unknown": async ({ store }) => {
    for (const id of oddIds) assert.equal(await store.get(id), undefined, JSON.stringify(id));
  },

  "put replaces the whole entry": async ({ store }) => {
    const { id } = fullEntry();
    await store.put(fullEntry());
    await store.put(sampleEntry(id));
    assert.deepStrictEqual(await store.get(id), sampleEntry(id));
  },

  "changing what was put does not change the store": async ({ store }) => {
    const entry = structuredClone(fullEntry());
    await store.put(entry);
    vandalize(entry);
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "changing what get gave does not change the store": async ({ store }) => {
    await store.put(fullEntry());
    vandalize(await store.get(fullEntry().id));
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "changing what list gave does not change the store": async ({ store }) => {
    await store.put(fullEntry());
    for await (const entry of store.list()) vandalize(entry);
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "reading writes nothing": async ({ store, cacheDir }) => {
    await store.put(sampleEntry("mem:known"));
    const before = await treeSnapshot(cacheDir);
    await store.get("mem:known");
    await store.get("mem:unknown");
    for await (const entry of store.list()) assert.equal(entry.id, "mem:known");
    assert.deepStrictEqual(await treeSnapshot(cacheDir), before);
  },
};

/** Does what no typed caller can: an entry is read-only in type, not in fact. */
function vandalize(entry: CatalogEntry | undefined): void {
  assert.ok(entry !== undefined);
  // A store may freeze what it gives: then nothing can be changed, and Reflect says so without throwing.
  Reflect.set(entry, "lifecycle", "Retired");
  Reflect.set(entry.provenance, "source", "elsewhere");
  Reflect.set(entry.files, 0, { path: "other", sizeBytes: 1, digest: entry.digest });
}
