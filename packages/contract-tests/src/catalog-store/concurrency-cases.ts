import assert from "node:assert/strict";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { sampleEntry } from "../kit/sample-entry.ts";
import { listedIds, type StoreCases } from "./store-place.ts";

/** Races in one process. Which race happens is chance, so each is run for some rounds; a sound store passes them all. */
export const concurrencyCases: StoreCases = {
  "concurrent puts of distinct ids lose none": async ({ store }) => {
    const ids = Array.from({ length: 40 }, (_, index) => `mem:${String(index).padStart(2, "0")}`);
    await Promise.all(ids.map((id) => store.put(sampleEntry(id))));
    assert.deepStrictEqual(await listedIds(store), ids);
    for (const id of ids) assert.deepStrictEqual(await store.get(id), sampleEntry(id));
  },

  "concurrent put and setState of one id end as if one came after the other": async ({ store }) => {
    for (let round = 0; round < rounds; round += 1) {
      await store.put(version(1));
      const put = (): Promise<void> => store.put(version(2));
      const retire = (): Promise<void> => store.setState(id, "Retired");
      await Promise.all(round % 2 === 0 ? [put(), retire()] : [retire(), put()]);
      assertOneOf(await store.get(id), [version(2), { ...version(2), lifecycle: "Retired" }]);
    }
  },

  "concurrent puts of one id end in one of them, whole": async ({ store }) => {
    const versions = [1, 2, 3, 4].map(version);
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(versions.map((entry) => store.put(entry)));
      assertOneOf(await store.get(id), versions);
    }
    assert.deepStrictEqual(await listedIds(store), [id]);
  },

  "whoever reads while others write gets one version, whole": async ({ store }) => {
    const versions = [1, 2, 3, 4].map(version);
    await store.put(version(1));
    for (let round = 0; round < rounds; round += 1) {
      const writes = versions.map((entry) => store.put(entry));
      const reads = versions.map(() => store.get(id));
      const seen = await Promise.all(reads);
      await Promise.all(writes);
      for (const entry of seen) assertOneOf(entry, versions);
    }
  },

  "setState beside delete brings nothing back": async ({ store }) => {
    for (let round = 0; round < rounds; round += 1) {
      await store.put(version(1));
      const remove = (): Promise<unknown> => store.delete(id);
      // It may come too late, and then says so.
      const retire = (): Promise<unknown> => store.setState(id, "Retired").catch(() => {});
      await Promise.all(round % 2 === 0 ? [remove(), retire()] : [retire(), remove()]);
      assert.equal(await store.get(id), undefined);
    }
  },
};

const rounds = 10;
const id = "mem:contended";

/** Of distinct sizes, so that a mixture of two is neither. */
function version(number: number): CatalogEntry {
  const entry = sampleEntry(`${id}${"-".repeat(number * 100)}`);
  return { ...entry, id, provenance: { ...entry.provenance, revision: `r${number}` } };
}

function assertOneOf(actual: CatalogEntry | undefined, allowed: readonly CatalogEntry[]): void {
  const nearest = allowed.find(
    (entry) => entry.provenance.revision === actual?.provenance.revision && entry.lifecycle === actual?.lifecycle,
  );
  assert.deepStrictEqual(actual, nearest ?? allowed[0]);
}
