import { chmod, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type FileRecord,
  type FileStat,
  fileError,
  fileErrorFrom,
  isModelError,
  systemCode,
  makeDurableFolder,
} from "@llama-orch/catalog-core";
import { fileStat, hashFile } from "@llama-orch/hashing";
import { artifactFile } from "./artifact-files.ts";
import type { ArtifactDescription } from "./describe-artifact.ts";
import type { OpenIngest } from "./open-ingest.ts";
import { readableFolder } from "./readable-path.ts";

/** An artifact that has arrived, was hashed, and may be shown. */
export interface Arrival {
  /** Absolute path of the cache root. */
  readonly cacheDir: string;
  readonly id: string;
  readonly kind: "file" | "directory";
  readonly ingest: OpenIngest;
  readonly description: ArtifactDescription;
}

/** A verified artifact, visible. */
export interface PublishedArtifact {
  /** Relative to the cache root: the file, or the folder. */
  readonly localPath: string;
  readonly files: readonly FileRecord[];
}

/**
 * Makes a verified artifact visible, all of it or nothing: the ingest's tree is synced and renamed to its final name.
 *
 * In order, and why:
 * 1. Each file is made read-only and synced, then each folder: after a power loss a name never leads to missing bytes.
 * 2. The folder is renamed. A rename onto a folder that holds something fails, so nothing is ever overwritten. Killed
 *    before it, nothing is visible and the ingest is litter; killed after it, the artifact is whole and not yet on
 *    record, and the next arrival finds it in step 3.
 * 3. When the name is taken, the folder is named by its content and was renamed into place whole: its files are hashed
 *    once more, and used if they are right; otherwise the folder is moved aside, never deleted, and ours takes its place.
 */
export async function publishArtifact({
  cacheDir,
  id,
  kind,
  ingest,
  description,
}: Arrival): Promise<PublishedArtifact> {
  const folder = readableFolder(id, description.digest);
  const target = join(cacheDir, ...folder.split("/"));
  try {
    const tree = await sorted(ingest, description.files);
    await settle(tree, description.files);
    await makeDurableFolder(dirname(target));
    await renameOrReuse(tree, target, description.files);
    await syncFolder(dirname(target));
  } catch (error) {
    throw isModelError(error) ? error : fileErrorFrom(error, target, "write");
  }
  const [first] = description.files;
  return {
    localPath: kind === "file" && first !== undefined ? `${folder}/${first.path}` : folder,
    files: await recordStats(target, description.files),
  };
}

/** A fresh tree of just the artifact's files: what else a tool has left in the ingest is not part of it. */
async function sorted(ingest: OpenIngest, files: readonly FileRecord[]): Promise<string> {
  const tree = `${ingest.directory}-sorted`;
  for (const { path } of files) {
    const place = artifactFile({ kind: "directory", root: tree }, path);
    await mkdir(dirname(place), { recursive: true });
    await rename(artifactFile({ kind: "directory", root: ingest.directory }, path), place);
  }
  return tree;
}

/** Read-only and on the disk. Files first, then the folders that name them, innermost first. */
async function settle(tree: string, files: readonly FileRecord[]): Promise<void> {
  const folders = new Set([tree]);
  for (const { path } of files) {
    const file = artifactFile({ kind: "directory", root: tree }, path);
    for (let folder = dirname(file); folder.length > tree.length; folder = dirname(folder)) folders.add(folder);
    const handle = await open(file, "r+");
    try {
      await handle.sync();
      await handle.chmod(0o444);
    } finally {
      await handle.close();
    }
  }
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    await chmod(folder, 0o755);
    await syncFolder(folder);
  }
}

/** What a rename onto a folder that holds something says; on Windows, onto any folder. */
const nameTaken: ReadonlySet<string> = new Set(
  process.platform === "win32" ? ["EPERM", "EEXIST", "EACCES"] : ["ENOTEMPTY", "EEXIST"],
);

async function renameOrReuse(tree: string, target: string, files: readonly FileRecord[]): Promise<void> {
  try {
    await rename(tree, target);
    return;
  } catch (error) {
    if (!nameTaken.has(systemCode(error) ?? "")) throw error;
  }
  if (await holds(target, files)) {
    await rm(tree, { recursive: true, force: true });
    return;
  }
  await rename(target, `${target}.damaged-${Date.now().toString(36)}`);
  await rename(tree, target);
}

async function holds(target: string, files: readonly FileRecord[]): Promise<boolean> {
  for (const { path, digest, sizeBytes } of files) {
    const file = artifactFile({ kind: "directory", root: target }, path);
    try {
      if ((await stat(file)).size !== sizeBytes) return false;
      const { digests } = await hashFile(file);
      if (!digests.includes(digest)) return false;
    } catch (error) {
      if (isModelError(error) || systemCode(error) === "ENOENT") return false;
      throw error;
    }
  }
  return true;
}

/** The stats of what is published. These files are ours and read-only, so a young mtime needs no second hash. */
async function recordStats(target: string, files: readonly FileRecord[]): Promise<FileRecord[]> {
  return Promise.all(
    files.map(async (file) => {
      const stats = await stat(artifactFile({ kind: "directory", root: target }, file.path), { bigint: true });
      if (stats.size !== BigInt(file.sizeBytes)) throw changed(file.path);
      const recorded: FileStat = fileStat(stats);
      return { ...file, stat: recorded };
    }),
  );
}

function changed(path: string): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} changed while it was published.`,
    hint: "Something else writes into the cache folder; leave it to this program alone, and try again.",
    facts: { path },
  });
}

/** Windows cannot open a folder to sync it, and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
