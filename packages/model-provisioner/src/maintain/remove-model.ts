import { artifactLocation, removeManaged } from "@llama-orch/artifact-store";
import type { CatalogStore } from "@llama-orch/catalog-core";

export interface RemovedModel {
  readonly id: string;
  /** Bytes given back to the disk: 0 for external models, whose files are never touched. */
  readonly freedBytes: number;
}

/**
 * Forgets a model, and deletes its bytes if they are ours. The record goes first: killed in between, there is litter,
 * and never a record that leads nowhere.
 * @returns undefined when there was no such record.
 * @throws ModelError `CATALOG_NOT_WRITABLE`, `FILE_NOT_WRITABLE`
 */
export async function removeModel(catalog: CatalogStore, id: string): Promise<RemovedModel | undefined> {
  const entry = await catalog.get(id);
  if (!(await catalog.delete(id)) || entry === undefined) return undefined;
  if (entry.location === "external") return { id, freedBytes: 0 };
  await removeManaged(catalog.cacheDir, artifactLocation(catalog.cacheDir, entry));
  return { id, freedBytes: entry.sizeBytes };
}
