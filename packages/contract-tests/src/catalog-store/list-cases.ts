import assert from "node:assert/strict";
import { sampleEntry } from "../kit/sample-entry.ts";
import { listedIds, type StoreCases } from "./store-place.ts";

/** What `list` gives. */
export const listCases: StoreCases = {
  "list of an empty store is empty": async ({ store }) => {
    assert.deepStrictEqual(await listedIds(store), []);
  },

  "list gives every entry once, whatever its id": async ({ store }) => {
    const ids = [
      "hf:org/repo/model.gguf",
      "file:/srv/a",
      "a/b-c",
      "a-b/c",
      "plain",
      "..",
      "__proto__",
      "A",
      "a",
    ].toSorted();
    for (const id of ids) await store.put(sampleEntry(id));
    await store.put(sampleEntry("plain"));
    assert.deepStrictEqual(await listedIds(store), ids);
  },

  "list gives the entries that get gives, Retired ones too": async ({ store }) => {
    await store.put(sampleEntry("mem:active"));
    await store.put(sampleEntry("mem:retired", { lifecycle: "Retired" }));
    for await (const entry of store.list()) assert.deepStrictEqual(entry, await store.get(entry.id));
    assert.deepStrictEqual(await listedIds(store), ["mem:active", "mem:retired"]);
  },

  "list may be left early, and begun again": async ({ store }) => {
    for (const id of ["mem:a", "mem:b", "mem:c"]) await store.put(sampleEntry(id));
    for await (const entry of store.list()) {
      assert.ok(entry.id.startsWith("mem:"));
      break;
    }
    assert.deepStrictEqual(await listedIds(store), ["mem:a", "mem:b", "mem:c"]);
  },

  "list is whole while others write": async ({ store }) => {
    const untouched = Array.from({ length: 20 }, (_, index) => `mem:untouched-${index}`).toSorted();
    for (const id of ["mem:deleted", "mem:replaced", ...untouched]) await store.put(sampleEntry(id));
    const seen: string[] = [];
    for await (const { id } of store.list()) {
      assert.ok(!seen.includes(id), `${id} was listed twice`);
      seen.push(id);
      await store.put(sampleEntry(`mem:new-${seen.length % 10}`));
      await store.delete("mem:deleted");
      // Deleted and put again, it moves to the end of many kinds of collection.
      await store.delete("mem:replaced");
      await store.put(sampleEntry("mem:replaced"));
    }
    assert.deepStrictEqual(seen.filter((id) => id.startsWith("mem:untouched")).toSorted(), untouched);
  },
};
