import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { bootId, type CatalogEntry, type FileRecord, fileErrorFrom, systemCode } from "@llama-orch/catalog-core";
import { mapInLanes } from "./map-in-lanes.ts";
import { artifactFile, type ArtifactLocation } from "./artifact-files.ts";

/**
 * How the files on disk compare with their records, by stat alone. The worst file decides.
 *
 * - `intact`: size, mtime and inode are the recorded ones. Guards against accident, not against attack:
 *   whoever may write the file may also set its mtime.
 * - `unproved`: size and mtime fit, but the inode changed, or the file was too young when it was hashed: hash it once more.
 * - `changed`: the size or the mtime is another.
 * - `missing`: a file is gone, or something else lies in its place.
 */
export type Presence = "intact" | "unproved" | "changed" | "missing";

const severity: readonly Presence[] = ["intact", "unproved", "changed", "missing"];

/** Files looked at side by side: as many as the thread pool serves at once, so that more would only queue. */
const lanes = 8;

/** An artifact with its records. */
export interface RecordedFiles extends Pick<CatalogEntry, "unsyncedBoot"> {
  readonly files: readonly FileRecord[];
}

/**
 * Compares an artifact with its records. Reads no content and writes nothing. Bytes that were not waited for in another
 * boot are `unproved` however they look: a loss of power leaves sizes and times as they were.
 * @throws ModelError `FILE_NOT_READABLE`, `FILE_IO`: a file that may not be looked at is not the same as a missing one.
 */
export async function checkPresence(artifact: ArtifactLocation, recorded: RecordedFiles): Promise<Presence> {
  const { files, unsyncedBoot } = recorded;
  const found = await mapInLanes(files, lanes, (file) => checkFile(artifactFile(artifact, file.path), file));
  const worst = severity.findLast((presence) => found.includes(presence)) ?? "missing";
  return worst === "intact" && unsyncedBoot !== undefined && unsyncedBoot !== bootId() ? "unproved" : worst;
}

async function checkFile(path: string, record: FileRecord): Promise<Presence> {
  const stats = await statOrMissing(path);
  if (stats === undefined || !stats.isFile()) return "missing";
  if (stats.size !== BigInt(record.sizeBytes)) return "changed";
  if (record.stat === undefined) return "unproved";
  // Device numbers are not compared: they change with every mount.
  if (String(stats.mtimeNs) !== record.stat.mtimeNs) return "changed";
  return String(stats.ino) === record.stat.inode ? "intact" : "unproved";
}

async function statOrMissing(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw fileErrorFrom(error, path, "read");
  }
}
