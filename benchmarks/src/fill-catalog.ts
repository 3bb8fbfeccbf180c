import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { FsCatalog } from "@llama-orch/catalog-core";
// The catalog's own parts: put() syncs each entry to the disk, and 100,000 of those would take the time of the benchmark.
import { catalogLayout, entryDocumentPath } from "../../packages/catalog-core/src/catalog/catalog-layout.ts";
import { sealDocument } from "../../packages/catalog-core/src/catalog/sealed-document.ts";

/** Adds entries like that of `id`, under other ids, as `put` would write them but without syncing each. */
export async function fillCatalog(catalog: FsCatalog, id: string, count: number): Promise<void> {
  const entry = await catalog.get(id);
  if (entry === undefined) throw new Error(`there is no entry ${id} to copy`);
  const layout = catalogLayout(catalog.cacheDir);
  for (let index = 0; index < count; index += 1) {
    const copy = { ...entry, id: `${entry.id}-${index}` };
    const path = entryDocumentPath(layout, copy.id);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, sealDocument({ nonce: index.toString(16).padStart(32, "0"), entry: copy }));
  }
}
