import type { CatalogStore } from "@llama-orch/catalog-core";
import { withTempDir } from "../kit/temp-dir.ts";

/** Where one test of a store happens. */
export interface StorePlace {
  /** An empty folder of this test alone. */
  readonly cacheDir: string;
  /** The first instance. */
  readonly store: CatalogStore;
  /** Another instance on the same folder. */
  readonly open: () => Promise<CatalogStore>;
  /** Done with an instance. Whatever is still open at the end is closed then. */
  readonly close: (store: CatalogStore) => Promise<void>;
}

/** Tests by name. */
export type StoreCases = Readonly<Record<string, (place: StorePlace) => Promise<void>>>;

/** What the implementer brings. */
export interface StoreMaker {
  factory(cacheDir: string): CatalogStore | Promise<CatalogStore>;
  teardown?(store: CatalogStore): Promise<void> | void;
}

export async function withStorePlace(maker: StoreMaker, run: (place: StorePlace) => Promise<void>): Promise<void> {
  await withTempDir(async (cacheDir) => {
    const opened = new Set<CatalogStore>();
    const open = async (): Promise<CatalogStore> => {
      const store = await maker.factory(cacheDir);
      opened.add(store);
      return store;
    };
    const close = async (store: CatalogStore): Promise<void> => {
      if (opened.delete(store)) await maker.teardown?.(store);
    };
    try {
      await run({ cacheDir, store: await open(), open, close });
    } finally {
      await Promise.all([...opened].map(close));
    }
  });
}

/** The ids that `list` gives, sorted; one that comes twice is there twice. */
export async function listedIds(store: CatalogStore): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const entry of store.list()) ids.push(entry.id);
  return ids.toSorted();
}
