import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CatalogEntry, type CatalogStore, FsCatalog, type ProvisionEvent } from "@llama-orch/catalog-core";

/** What a test of the provisioner works with: a folder of its own, a catalog that counts its writes, and the events it saw. */
export interface Setting extends AsyncDisposable {
  readonly root: string;
  readonly cacheDir: string;
  /** Where the test puts the files that it refers to. */
  readonly sources: string;
  readonly catalog: CountingCatalog;
  readonly events: ProvisionEvent[];
  /** Options that collect the events. */
  readonly listening: { readonly onEvent: (event: ProvisionEvent) => void; readonly cwd: string };
  types(): string[];
}

export async function openSetting(): Promise<Setting> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "model-provisioner-"));
  const [cacheDir, sources] = [join(root, "cache"), join(root, "sources")];
  await mkdir(sources);
  const events: ProvisionEvent[] = [];
  return {
    root,
    cacheDir,
    sources,
    catalog: new CountingCatalog(new FsCatalog(cacheDir)),
    events,
    listening: { onEvent: (event) => void events.push(event), cwd: sources },
    types: () => events.map(({ type }) => type),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** A catalog that counts what is written to it. */
export class CountingCatalog implements CatalogStore {
  writes = 0;
  readonly cacheDir: string;
  readonly #store: CatalogStore;

  constructor(store: CatalogStore) {
    this.#store = store;
    this.cacheDir = store.cacheDir;
  }

  get(id: string): Promise<CatalogEntry | undefined> {
    return this.#store.get(id);
  }
  put(entry: CatalogEntry): Promise<void> {
    this.writes += 1;
    return this.#store.put(entry);
  }
  setState(id: string, state: CatalogEntry["lifecycle"]): Promise<void> {
    this.writes += 1;
    return this.#store.setState(id, state);
  }
  list(): AsyncIterable<CatalogEntry> {
    return this.#store.list();
  }
  delete(id: string): Promise<boolean> {
    this.writes += 1;
    return this.#store.delete(id);
  }
}

export async function entriesOf(catalog: CatalogStore): Promise<CatalogEntry[]> {
  const entries = [];
  for await (const entry of catalog.list()) entries.push(entry);
  return entries;
}
