import { isDeepStrictEqual } from "node:util";
import {
  artifactFile,
  artifactLocation,
  checkPresence,
  distrustFile,
  type HashProgress,
  setModelAside,
  settleUnsynced,
} from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type CatalogStore,
  type DigestText,
  isModelError,
  type ModelError,
} from "@llama-orch/catalog-core";
import { describeRecorded } from "../ensure/describe-recorded.ts";

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
  /** Where a damaged managed model lies now, if it was moved out of the way: an absolute path. */
  readonly movedTo?: string;
  /** Why it could not be moved, where it was to be. */
  readonly notMoved?: ModelError;
}

export interface VerifyModelOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HashProgress) => void;
  /** Moves a damaged managed model out of the way: it counts as missing then, and the next `ensurePresent` brings it anew. @default false */
  readonly repair?: boolean;
}

/**
 * Hashes a recorded model and compares it with its record. A success is noted down (`lastVerifiedMs`, stats). What is
 * damaged is not linked to any further model, and whatever shares it is read again before it is served.
 * @throws ModelError for files that may not be read; `signal.reason` untouched when aborted.
 */
export async function verifyModel(
  catalog: CatalogStore,
  entry: CatalogEntry,
  options: VerifyModelOptions = {},
): Promise<VerifiedModel> {
  const artifact = artifactLocation(catalog.cacheDir, entry);
  const result = { id: entry.id, localPath: artifact.root, expected: entry.digest };
  const description = await describeRecorded(entry, catalog, options);
  if (description === undefined) return { ...result, outcome: "missing", damaged: [] };

  const recorded = new Map(entry.files.map(({ path, digest }) => [path, digest]));
  const damaged = description.files.filter(({ path, digest }) => recorded.get(path) !== digest).map(({ path }) => path);
  if (damaged.length > 0) {
    const move = await handleDamage(catalog, entry, { damaged, repair: options.repair ?? false });
    return { ...result, outcome: "damaged", actual: description.digest, damaged, ...move };
  }
  await noteIntact(catalog, entry, description);
  return { ...result, outcome: "intact", actual: description.digest, damaged };
}

async function handleDamage(
  catalog: CatalogStore,
  entry: CatalogEntry,
  { damaged, repair }: { readonly damaged: readonly string[]; readonly repair: boolean },
): Promise<Pick<VerifiedModel, "movedTo" | "notMoved">> {
  const { cacheDir } = catalog;
  // Without a stat, the next `ensurePresent` reads these files again, however unchanged they look.
  const files = entry.files.map(({ stat, ...file }) =>
    damaged.includes(file.path) || !stat ? file : { ...file, stat },
  );
  await note(catalog, entry, { ...entry, files });
  if (entry.location === "external") return {};
  const artifact = artifactLocation(cacheDir, entry);
  for (const { path, digest } of entry.files) {
    if (damaged.includes(path)) await distrustFile(cacheDir, artifactFile(artifact, path), digest);
  }
  return repair ? movedAside(cacheDir, entry) : {};
}

/** That it could not be moved must not hide that it is damaged. */
async function movedAside(cacheDir: string, entry: CatalogEntry): Promise<Pick<VerifiedModel, "movedTo" | "notMoved">> {
  try {
    const movedTo = await setModelAside(cacheDir, entry);
    return movedTo === undefined ? {} : { movedTo };
  } catch (error) {
    if (!isModelError(error)) throw error;
    return { notMoved: error };
  }
}

/** What is intact though nobody had waited for it to get to the disk is there by now, or is brought there. */
async function noteIntact(
  catalog: CatalogStore,
  entry: CatalogEntry,
  { files }: Pick<CatalogEntry, "files">,
): Promise<void> {
  const { unsyncedBoot, ...known } = entry;
  const now = { ...known, files, lastVerifiedMs: Date.now() };
  if (unsyncedBoot === undefined) return note(catalog, entry, now);
  try {
    await settleUnsynced(catalog.cacheDir, artifactLocation(catalog.cacheDir, entry), files);
  } catch (error) {
    if (!isModelError(error) || error.category !== "not-allowed") throw error;
    return;
  }
  await note(catalog, entry, now);
}

/**
 * Notes down what was found of an entry, if it still is that entry: reading may have taken minutes, in which it was
 * retired, replaced or removed. On a read-only cache nothing can be noted, and the finding is as good as any.
 */
async function note(catalog: CatalogStore, found: CatalogEntry, noted: CatalogEntry): Promise<void> {
  const now = await catalog.get(found.id);
  if (now === undefined || !isDeepStrictEqual(now, found)) return;
  try {
    await catalog.put(noted);
    // A removal that came after the look may have found the record no more: it hides the bytes first.
    const artifact = artifactLocation(catalog.cacheDir, noted);
    if ((await checkPresence(artifact, noted)) === "missing") await catalog.delete(noted.id);
  } catch (error) {
    if (!isModelError(error) || error.category !== "not-allowed") throw error;
  }
}
