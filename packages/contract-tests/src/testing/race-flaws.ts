import type { CatalogEntry } from "@llama-orch/catalog-core";
import { broken, type BrokenStore } from "./broken-store.ts";
import { latency, MapCatalog } from "./map-catalog.ts";

/** What can come between two steps of a call. */
export const raceFlaws: readonly BrokenStore[] = [
  broken("rewrites one index without a lock", ["concurrent puts of distinct ids lose none"], (sound) => ({
    async put(entry) {
      const index = new Map(sound.entries);
      await latency();
      await new MapCatalog(sound.cacheDir, index).put(entry);
      sound.entries.clear();
      for (const [id, other] of index) sound.entries.set(id, other);
    },
  })),

  broken(
    "writes back on setState what it has read before",
    [
      "concurrent put and setState of one id end as if one came after the other",
      "setState beside delete brings nothing back",
    ],
    (sound) => ({
      async setState(id, lifecycle) {
        const entry = await sound.get(id);
        if (entry === undefined) throw sound.notFound(id);
        await latency();
        sound.entries.set(id, { ...entry, lifecycle });
      },
    }),
  ),

  broken("puts in two steps", ["whoever reads while others write gets one version, whole"], (sound) => ({
    async put(entry) {
      const previous = sound.entries.get(entry.id);
      if (previous !== undefined) sound.entries.set(entry.id, { ...previous, digest: entry.digest });
      await latency();
      await sound.put(entry);
    },
  })),

  broken("writes all puts through one draft", ["concurrent puts of one id end in one of them, whole"], (sound) => {
    let draft: CatalogEntry | undefined;
    return {
      async put(entry) {
        const isFirst = draft === undefined;
        draft = entry;
        if (isFirst) await latency();
        await sound.put({ ...entry, digest: draft.digest });
        if (isFirst) draft = undefined;
      },
    };
  }),
];
