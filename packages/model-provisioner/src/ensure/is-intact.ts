import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import type { CatalogEntry } from "@llama-orch/catalog-core";

/** Whether the files of an entry are there as recorded, by stat alone, and no loss of power can have harmed them since. */
export async function isIntact(
  entry: Pick<CatalogEntry, "kind" | "location" | "localPath" | "files" | "unsyncedBoot">,
  { cacheDir }: { readonly cacheDir: string },
): Promise<boolean> {
  return (await checkPresence(artifactLocation(cacheDir, entry), entry)) === "intact";
}
