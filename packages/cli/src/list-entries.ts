import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";

/** Every readable record, in order of id. */
export async function listEntries(catalog: CatalogStore, signal: AbortSignal): Promise<CatalogEntry[]> {
  const entries: CatalogEntry[] = [];
  for await (const entry of catalog.list()) {
    signal.throwIfAborted();
    entries.push(entry);
  }
  return entries.sort((a, b) => (a.id < b.id ? -1 : 1));
}
