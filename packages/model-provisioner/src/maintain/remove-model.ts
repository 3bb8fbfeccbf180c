import { hideManaged, openModelLock } from "@llama-orch/artifact-store";
import type { CatalogStore } from "@llama-orch/catalog-core";

export interface RemovedModel {
  readonly id: string;
  /** Bytes given back to the disk: none that other models share, and none of external models, whose files are never touched. */
  readonly freedBytes: number;
}

/**
 * Forgets a model, and deletes its bytes if they are ours. The bytes are put out of sight first, then the record is
 * deleted, then the bytes: whoever ensures the model meanwhile finds it missing and brings it anew, and is never given
 * a path that is about to go. Killed in between, there is litter, or a record whose next ensure brings the model anew.
 * @returns undefined when there was no such record.
 * @throws ModelError `CATALOG_NOT_WRITABLE`, `FILE_NOT_WRITABLE`; also for a managed path that is not one of this cache
 */
export async function removeModel(catalog: CatalogStore, id: string): Promise<RemovedModel | undefined> {
  // Who brings the model just now is not waited for: then this comes first, or last.
  const lock = await openModelLock(catalog.cacheDir, id);
  lock.tryHold();
  try {
    return await removeNow(catalog, id);
  } finally {
    await lock.release();
  }
}

async function removeNow(catalog: CatalogStore, id: string): Promise<RemovedModel | undefined> {
  const entry = await catalog.get(id);
  const hidden = entry?.location === "managed" ? await hideManaged(catalog.cacheDir, entry) : undefined;
  const isForgotten = await catalog.delete(id);
  const freedBytes = (await hidden?.remove()) ?? 0;
  return isForgotten ? { id, freedBytes } : undefined;
}
