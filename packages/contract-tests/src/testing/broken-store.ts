import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";
import type { CatalogStoreSupports } from "../catalog-store/catalog-store-contract.ts";
import { sampleEntry } from "../kit/sample-entry.ts";
import { MapCatalog } from "./map-catalog.ts";

/** A store that differs from a sound one in one thing, that someone has got wrong or well might. */
export interface BrokenStore {
  readonly flaw: string;
  /** The tests that must notice. */
  readonly caughtBy: readonly string[];
  readonly make: (cacheDir: string) => CatalogStore;
  /** @default a store that is not persistent */
  readonly supports?: CatalogStoreSupports;
}

/** @param change the members that replace those of the sound store they are given. */
export function broken(
  flaw: string,
  caughtBy: readonly string[],
  change: (sound: MapCatalog) => Partial<MapCatalog>,
): BrokenStore {
  const make = (cacheDir: string): CatalogStore => {
    const sound = new MapCatalog(cacheDir);
    return Object.assign(new MapCatalog(cacheDir, sound.entries), change(sound));
  };
  return { flaw, caughtBy, make };
}

/** An entry that nobody has put. */
export const strayEntry: CatalogEntry = sampleEntry("mem:stray");
