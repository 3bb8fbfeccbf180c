import { type CatalogEntry, type CatalogStore, modelId } from "@llama-orch/catalog-core";
import { commandError } from "./errors.ts";
import { parseNormalizedRef } from "./normalizers.ts";

/**
 * The record of a model, named by its id or by any reference form. It may be Retired.
 * @throws ModelError `REF_INVALID`, `MODEL_ABSENT`
 */
export async function findEntry(catalog: CatalogStore, text: string): Promise<CatalogEntry> {
  const recorded = await catalog.get(text);
  if (recorded !== undefined) return recorded;
  const id = modelId(parseNormalizedRef(text));
  const entry = id === text ? undefined : await catalog.get(id);
  if (entry !== undefined) return entry;
  throw commandError("MODEL_ABSENT", {
    message: `${id} is not in the catalog of ${catalog.cacheDir}.`,
    hint: "model-provisioner list shows what is; --cache-dir chooses another cache.",
    facts: { id, cacheDir: catalog.cacheDir },
  });
}
