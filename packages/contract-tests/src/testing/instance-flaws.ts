import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";
import type { BrokenStore } from "./broken-store.ts";
import { latency, MapCatalog } from "./map-catalog.ts";

/** What can be wrong between instances, or in what is declared of them. */
export const instanceFlaws: readonly BrokenStore[] = [
  {
    flaw: "declares that records last, and forgets them",
    caughtBy: ["a later instance finds what was written"],
    make: (cacheDir) => new MapCatalog(cacheDir),
    supports: { multiInstance: false },
  },
  {
    flaw: "declares that records do not last, and keeps them",
    caughtBy: ["a later instance starts empty, as declared"],
    make: sharedCatalog,
    supports: { persistent: false, multiInstance: true },
  },
  {
    flaw: "declares one instance at a time, and shares",
    caughtBy: ["a second instance is refused or kept apart, as declared"],
    make: sharedCatalog,
    supports: { multiInstance: false },
  },
  {
    flaw: "sees only what was there when it was opened",
    caughtBy: ["an instance sees at once what another has written", "concurrent puts by several instances lose none"],
    make: (cacheDir) => new MapCatalog(cacheDir, new Map(recordsOf(cacheDir))),
    supports: {},
  },
  {
    flaw: "writes back on setState what another instance has replaced",
    caughtBy: ["put and setState by two instances end as if one came after the other"],
    make: (cacheDir) => {
      const sound = new MapCatalog(cacheDir, recordsOf(cacheDir));
      const setState: CatalogStore["setState"] = async (id, lifecycle) => {
        const entry = await sound.get(id);
        if (entry === undefined) throw sound.notFound(id);
        await latency();
        sound.entries.set(id, { ...entry, lifecycle });
      };
      return Object.assign(sound, { setState });
    },
    supports: {},
  },
];

/** A sound store whose records last as long as the process. */
export function sharedCatalog(cacheDir: string): CatalogStore {
  return new MapCatalog(cacheDir, recordsOf(cacheDir));
}

const places = new Map<string, Map<string, CatalogEntry>>();

function recordsOf(cacheDir: string): Map<string, CatalogEntry> {
  const records = places.get(cacheDir) ?? new Map<string, CatalogEntry>();
  places.set(cacheDir, records);
  return records;
}
