import {
  type ArtifactDescription,
  artifactLocation,
  checkPresence,
  describeArtifact,
  type DescribeOptions,
} from "@llama-orch/artifact-store";
import { type CatalogEntry, type CatalogStore, isModelError } from "@llama-orch/catalog-core";

/**
 * Hashes the files of an entry as they lie now. `undefined` when some are missing, also when they were removed while they were
 * read. Another process may note at the same moment that a managed file is right, and set its time: then all are read once more.
 * @throws ModelError of `describeArtifact`; `signal.reason` untouched when aborted.
 */
export async function describeRecorded(
  entry: CatalogEntry,
  { cacheDir }: Pick<CatalogStore, "cacheDir">,
  options: DescribeOptions,
): Promise<ArtifactDescription | undefined> {
  const artifact = artifactLocation(cacheDir, entry);
  const isMissing = async (): Promise<boolean> => (await checkPresence(artifact, entry)) === "missing";
  const describe = (): Promise<ArtifactDescription> => describeArtifact(artifact, entry.files, options);
  if (await isMissing()) return undefined;
  try {
    return await describe();
  } catch (error) {
    if (!isModelError(error)) throw error;
    if (await isMissing()) return undefined;
    if (error.code !== "FILE_CHANGED" || entry.location === "external") throw error;
    return describe();
  }
}
