import { isDeepStrictEqual } from "node:util";
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
 * Hashes a recorded model and compares it with its record. A success is noted down (`lastVerifiedMs`, stats); damage is
 * noted so that the next `ensurePresent` reads the files again, and brings a managed model anew.
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

  const description = await describeArtifact(artifact, entry.files, options);
  const recorded = new Map(entry.files.map(({ path, digest }) => [path, digest]));
  const damaged = description.files.filter(({ path, digest }) => recorded.get(path) !== digest).map(({ path }) => path);
  if (damaged.length > 0) {
    // Without a stat, the next `ensurePresent` reads these files again, however unchanged they look.
    const files = entry.files.map(({ stat, ...file }) =>
      damaged.includes(file.path) || !stat ? file : { ...file, stat },
    );
    await note(catalog, entry, { files });
    return { ...result, outcome: "damaged", actual: description.digest, damaged };
  }
  await note(catalog, entry, { files: description.files, lastVerifiedMs: Date.now() });
  return { ...result, outcome: "intact", actual: description.digest, damaged };
}

/**
 * Notes down what was found of an entry, if it still is that entry: reading may have taken minutes, in which it was
 * retired, replaced or removed. On a read-only cache nothing can be noted, and the finding is as good as any.
 */
async function note(
  catalog: CatalogStore,
  found: CatalogEntry,
  what: Partial<Pick<CatalogEntry, "files" | "lastVerifiedMs">>,
): Promise<void> {
  const now = await catalog.get(found.id);
  if (now === undefined || !isDeepStrictEqual(now, found)) return;
  try {
    await catalog.put({ ...now, ...what });
  } catch (error) {
    if (!isModelError(error) || error.category !== "not-allowed") throw error;
  }
}
