import { type CatalogEntry, type CatalogStore, isModelError, type ModelError } from "@llama-orch/catalog-core";

/** What the catalog says of an id at this moment. `unreadable`: there is something that only a repair or a newer version can read. */
export type Answer =
  | { readonly status: "on-record"; readonly entry: CatalogEntry }
  | { readonly status: "absent" }
  | { readonly status: "unreadable"; readonly error?: ModelError };

/**
 * First whether the record can be read, then what it says: a damaged one that is put right in between is then found,
 * and not taken for one that was never there.
 */
export async function askCatalog(catalog: CatalogStore, id: string): Promise<Answer> {
  try {
    if ((await catalog.isUnreadable?.(id)) === true) return { status: "unreadable" };
    const entry = await catalog.get(id);
    return entry === undefined ? { status: "absent" } : { status: "on-record", entry };
  } catch (error) {
    if (!isModelError(error)) throw error;
    return { status: "unreadable", error };
  }
}
