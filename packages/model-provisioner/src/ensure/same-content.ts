import type { CatalogEntry, FetchPlan } from "@llama-orch/catalog-core";
import { isIntact } from "./is-intact.ts";

/**
 * Whether the source has just what is here already, so that nothing need move: the same immutable revision and files,
 * or the same declared digest of every file. Only for managed bytes, and only while they are intact.
 */
export async function hasSameContent(entry: CatalogEntry, plan: FetchPlan, cacheDir: string): Promise<boolean> {
  if (entry.location !== "managed" || plan.location !== "managed" || !namesSameContent(entry, plan)) return false;
  return isIntact(entry, { cacheDir });
}

function namesSameContent(entry: CatalogEntry, plan: FetchPlan): boolean {
  if (plan.isOpen === true || entry.files.length !== plan.files.length) return false;
  const here = new Map(entry.files.map((file) => [file.path, file]));
  const isSameRevision = plan.revision !== undefined && plan.revision === entry.provenance.revision;
  return plan.files.every(({ path, digest }) => {
    const file = here.get(path);
    return file !== undefined && (digest === undefined ? isSameRevision : digest === file.digest);
  });
}
