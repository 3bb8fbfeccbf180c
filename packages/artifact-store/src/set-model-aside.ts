import { join } from "node:path";
import { type CatalogEntry, fileErrorFrom, isModelError } from "@llama-orch/catalog-core";
import { setAside } from "./blobs/set-aside.ts";
import { cacheLayout } from "./cache-layout.ts";
import { managedFolders } from "./hide-managed.ts";

/**
 * Moves a damaged version of a model out of the way, into `damaged/`, where a person may look at it until garbage collection.
 * @returns where it lies now; undefined when it was gone.
 * @throws ModelError `FILE_NOT_WRITABLE`; also for anything that does not lie where models do, whatever a record says.
 */
export async function setModelAside(
  cacheDir: string,
  { localPath }: Pick<CatalogEntry, "localPath">,
): Promise<string | undefined> {
  const layout = cacheLayout(cacheDir);
  const { model, version } = managedFolders(localPath);
  try {
    return await setAside(layout, join(layout.models, model, version));
  } catch (error) {
    throw isModelError(error) ? error : fileErrorFrom(error, localPath, "write");
  }
}
