import { stat } from "node:fs/promises";
import type { FileRecord } from "@llama-orch/catalog-core";
import { fileStat } from "@llama-orch/hashing";
import { artifactFile } from "../artifact-files.ts";
import { changed, isStamped } from "../blobs/stamp.ts";
import { mapInLanes } from "../map-in-lanes.ts";

const lanes = 8;

/**
 * The records of files that are published, with the stats that prove them from now on. What has the time of managed
 * content, which no later write leaves as it is, need not grow old first. What has another one (another user's file, a
 * file system that keeps no times) is read again next time.
 */
export async function recordStats(root: string, files: readonly FileRecord[]): Promise<readonly FileRecord[]> {
  return mapInLanes(files, lanes, async ({ stat: _asArrived, ...file }) => {
    const stats = await stat(artifactFile({ kind: "directory", root }, file.path), { bigint: true });
    if (stats.size !== BigInt(file.sizeBytes)) throw changed(file.path);
    return isStamped(stats) ? { ...file, stat: fileStat(stats) } : file;
  });
}
