import assert from "node:assert/strict";
import type { CatalogStore } from "@llama-orch/catalog-core";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";
import { listedIds, type StoreCases, type StorePlace } from "./store-place.ts";

/** `persistent: true` */
export const persistenceCases: StoreCases = {
  "a later instance finds what was written": async ({ store, open, close }) => {
    const kept = sampleDirectoryEntry("hf:org/repo", ["a.gguf", "b.gguf"]);
    for (const entry of [kept, sampleEntry("a/b-c"), sampleEntry("a-b/c")]) await store.put(entry);
    await store.setState("a/b-c", "Retired");
    await store.delete("a-b/c");
    await close(store);
    const later = await open();
    assert.deepStrictEqual(await later.get(kept.id), kept);
    assert.equal((await later.get("a/b-c"))?.lifecycle, "Retired");
    assert.equal(await later.get("a-b/c"), undefined);
    assert.deepStrictEqual(await listedIds(later), ["a/b-c", kept.id]);
  },
};

/** `persistent: false` */
export const volatileCases: StoreCases = {
  "a later instance starts empty, as declared": async ({ store, open, close }) => {
    await store.put(sampleEntry("mem:a"));
    await close(store);
    const later = await open();
    assert.equal(await later.get("mem:a"), undefined, "the record was there: declare `persistent`");
    assert.deepStrictEqual(await listedIds(later), []);
  },
};

/** `multiInstance: true` */
export const multiInstanceCases: StoreCases = {
  "an instance sees at once what another has written": async ({ store, open }) => {
    const other = await open();
    await store.put(sampleEntry("mem:a"));
    assert.deepStrictEqual(await other.get("mem:a"), sampleEntry("mem:a"));
    await other.setState("mem:a", "Retired");
    assert.equal((await store.get("mem:a"))?.lifecycle, "Retired");
    assert.equal(await other.delete("mem:a"), true);
    assert.equal(await store.get("mem:a"), undefined);
    assert.deepStrictEqual(await listedIds(store), []);
  },

  "concurrent puts by several instances lose none": async ({ store, open }) => {
    const stores = [store, await open(), await open()];
    const put = stores.flatMap((instance, writer) =>
      Array.from({ length: 10 }, (_, index) => ({ instance, id: `mem:${index}-of-${writer}` })),
    );
    await Promise.all(put.map(({ instance, id }) => instance.put(sampleEntry(id))));
    const ids = put.map(({ id }) => id).toSorted();
    for (const instance of stores) assert.deepStrictEqual(await listedIds(instance), ids);
  },

  "put and setState by two instances end as if one came after the other": async ({ store, open }) => {
    const other = await open();
    const replacement = sampleEntry("mem:a", { trust: "unverified" });
    for (let round = 0; round < 10; round += 1) {
      await store.put(sampleEntry("mem:a"));
      const put = (): Promise<void> => store.put(replacement);
      const retire = (): Promise<void> => other.setState("mem:a", "Retired");
      await Promise.all(round % 2 === 0 ? [put(), retire()] : [retire(), put()]);
      assert.equal((await store.get("mem:a"))?.trust, "unverified", "setState brought the replaced entry back");
    }
  },
};

/** `multiInstance: false` */
export const keptApartCases: StoreCases = {
  "a second instance is refused or kept apart, as declared": async ({ store, open }) => {
    await store.put(sampleEntry("mem:a"));
    const other = await opened(open);
    if (other === undefined) return;
    await store.put(sampleEntry("mem:b"));
    assert.equal(await other.get("mem:b"), undefined, "the other instance saw the record: declare `multiInstance`");
    await other.put(sampleEntry("mem:b", { trust: "unverified" }));
    assert.deepStrictEqual(await store.get("mem:b"), sampleEntry("mem:b"));
    assert.deepStrictEqual(await listedIds(store), ["mem:a", "mem:b"]);
  },
};

/** `undefined` where the store refuses to be opened twice. */
async function opened(open: StorePlace["open"]): Promise<CatalogStore | undefined> {
  return open().catch(() => undefined);
}
