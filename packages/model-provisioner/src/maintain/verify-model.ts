import { artifactLocation, checkPresence, describeArtifact, type HashProgress } from "@llama-orch/artifact-store";
import { type CatalogEntry, type CatalogStore, type DigestText, isModelError } from "@llama-orch/catalog-core";

/** What reading a recorded model again has shown. */
export interface VerifiedModel {
  readonly id: string;
  readonly localPath: string;
  readonly outcome: "intact" | "damaged" | "missing";
  readonly expected: DigestText;
  /** Absent when it is missing. */
  readonly actual?: DigestText;
  /** The files (relative to the artifact) that are not what is on record. */
  readonly damaged: readonly string[];
}

export interface VerifyModelOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HashProgress) => void;
}

/**
 * Hashes a recorded model and compares it with its record. Only a success is noted down (`lastVerifiedMs`, stats);
 * a failure changes nothing: the next `ensurePresent` brings managed models anew.
 * @throws ModelError for files that may not be read; `signal.reason` untouched when aborted.
 */
export async function verifyModel(
  catalog: CatalogStore,
  entry: CatalogEntry,
  options: VerifyModelOptions = {},
): Promise<VerifiedModel> {
  const artifact = artifactLocation(catalog.cacheDir, entry);
  const result = { id: entry.id, localPath: artifact.root, expected: entry.digest };
  if ((await checkPresence(artifact, entry.files)) === "missing") return { ...result, outcome: "missing", damaged: [] };

  const files = entry.files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const description = await describeArtifact(artifact, files, options);
  const recorded = new Map(entry.files.map(({ path, digest }) => [path, digest]));
  const damaged = description.files.filter(({ path, digest }) => recorded.get(path) !== digest).map(({ path }) => path);
  if (damaged.length > 0) return { ...result, outcome: "damaged", actual: description.digest, damaged };

  await noteVerified(catalog, { ...entry, files: description.files, lastVerifiedMs: Date.now() });
  return { ...result, outcome: "intact", actual: description.digest, damaged };
}

/** A verification on a read-only cache is as good as any; it only cannot be noted. */
async function noteVerified(catalog: CatalogStore, entry: CatalogEntry): Promise<void> {
  try {
    await catalog.put(entry);
  } catch (error) {
    if (!isModelError(error) || error.category !== "not-allowed") throw error;
  }
}
