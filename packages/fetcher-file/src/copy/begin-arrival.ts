import { chmod, lstat, rm } from "node:fs/promises";
import type { IngestTarget } from "@llama-orch/catalog-core";
import { fileChanged, isSameVersion, type VersionedFile, versionOf } from "../file-version.ts";
import { statFile } from "../stat-file.ts";
import { cloneFile } from "./clone-file.ts";
import { isNoted, writeJournal } from "./copy-journal.ts";
import { smallBytes } from "./copy-work.ts";
import { whileCopied } from "./open-source.ts";
import type { SpaceNeeded } from "./space-needed.ts";

/** One file to copy. */
export interface FileToCopy extends VersionedFile {
  /** Absolute path of the user's own file. */
  readonly source: string;
}

/** One file on its way. */
export interface Arrival extends FileToCopy {
  /** Absolute path of the copy. */
  readonly target: string;
  /** How many of the first bytes the target holds. Without any, there is no target. */
  readonly heldBytes: number;
  /** How many of them an earlier attempt had left. */
  readonly reusedBytes: number;
}

/** Finds out how much of a file need not be copied. If that is nothing, there is nothing at its target. */
export async function beginArrival(file: FileToCopy, target: IngestTarget, space: SpaceNeeded): Promise<Arrival> {
  const keptBytes = await prefixBytes(file, target).catch(space.failure(target.path));
  if (keptBytes === 0) await startOver(file, target, space);
  const clonedBytes = keptBytes === 0 ? await cloneBytes(file, target.path).catch(space.failure(target.path)) : 0;
  const heldBytes = keptBytes + clonedBytes;
  space.settle(heldBytes);
  return { ...file, target: target.path, heldBytes, reusedBytes: keptBytes };
}

/** How many bytes of this very version an earlier attempt has left: in any doubt none. */
async function prefixBytes(file: FileToCopy, { path, existingBytes, journalPath }: IngestTarget): Promise<number> {
  const { sizeBytes } = file.version;
  if (sizeBytes <= smallBytes || existingBytes === 0 || existingBytes > sizeBytes) return 0;
  if (!(await isNoted(journalPath, file))) return 0;
  const stats = await lstat(path);
  // A file with a second name is no longer this arrival's own: what is written to it would be written there too.
  return stats.isFile() && stats.nlink === 1 ? existingBytes : 0;
}

/**
 * In this order: a journal that is newer than the target would vouch for what is not its own, and so would an old one, of
 * another version, that is left beside a new target. The target is removed and not emptied: somebody may hold its inode.
 */
async function startOver(file: FileToCopy, { path, journalPath }: IngestTarget, space: SpaceNeeded): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(space.failure(path));
  const noted =
    file.version.sizeBytes <= smallBytes ? rm(journalPath, { force: true }) : writeJournal(journalPath, file);
  await noted.catch(space.failure(journalPath));
}

/** All or none. A clone is made by path, which must have led to the right version all the time. */
async function cloneBytes({ source, version }: FileToCopy, target: string): Promise<number> {
  if (version.sizeBytes <= smallBytes || !(await cloneFile(source, target))) return 0;
  const now = versionOf(await statFile(source));
  if (!isSameVersion(now, version)) {
    await rm(target, { force: true });
    throw fileChanged(source, whileCopied, { sizeBefore: version.sizeBytes, sizeAfter: now.sizeBytes });
  }
  // It has the permissions of the user's own file: too few to go on with, perhaps, or too many.
  await chmod(target, 0o644);
  return version.sizeBytes;
}
