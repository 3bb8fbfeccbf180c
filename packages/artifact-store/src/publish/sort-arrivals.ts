import { chmod, mkdir, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { type DigestText, type FileRecord, syncFolder } from "@llama-orch/catalog-core";
import { artifactFile } from "../artifact-files.ts";
import { addBlob } from "../blobs/add-blob.ts";
import { claimBlob, type ClaimedBlob } from "../blobs/claim-blob.ts";
import { promoteBlob } from "../blobs/promote.ts";
import { finishFile } from "../blobs/stamp.ts";
import type { CacheLayout } from "../cache-layout.ts";
import type { Durability } from "../durability.ts";
import { mapInLanes } from "../map-in-lanes.ts";

export interface Sorting {
  /** Absolute path of the folder in which the files have arrived. */
  readonly directory: string;
  /** Absolute path of the folder that is made of them, on the same file system. */
  readonly tree: string;
  readonly files: readonly FileRecord[];
  readonly durability: Durability;
  /** Is told what was named here for the first time. */
  readonly named: Set<DigestText>;
}

/** Files brought to the disk side by side: a journal takes several syncs at once. */
const lanes = 8;

/**
 * Makes a tree of just the files of an artifact, each of them finished, named by its content, and shared where it can be.
 * @returns whether the bytes of some of them may not be on the disk yet.
 */
export async function sortArrivals(layout: CacheLayout, { directory, tree, files, ...how }: Sorting): Promise<boolean> {
  const folders = await makeFolders(tree, files);
  const unsynced = await mapInLanes(files, lanes, (file) =>
    placeFile(layout, file, {
      arrived: artifactFile({ kind: "directory", root: directory }, file.path),
      place: artifactFile({ kind: "directory", root: tree }, file.path),
      ...how,
    }),
  );
  for (const folder of folders) {
    await chmod(folder, 0o755);
    if (how.durability === "full") await syncFolder(folder);
  }
  return unsynced.includes(true);
}

/** @returns the tree and the folders in it, innermost first. */
async function makeFolders(tree: string, files: readonly FileRecord[]): Promise<readonly string[]> {
  await mkdir(tree, { recursive: true });
  const folders = new Set([tree]);
  for (const { path } of files) {
    const folder = dirname(artifactFile({ kind: "directory", root: tree }, path));
    await mkdir(folder, { recursive: true });
    for (let above = folder; above.length > tree.length; above = dirname(above)) folders.add(above);
  }
  return [...folders].toSorted((a, b) => b.length - a.length);
}

interface FilePlace extends Pick<Sorting, "durability" | "named"> {
  readonly arrived: string;
  readonly place: string;
}

/** @returns whether its bytes may not be on the disk yet. */
async function placeFile(layout: CacheLayout, file: FileRecord, at: FilePlace): Promise<boolean> {
  const { arrived, place, durability } = at;
  const claimed = (await claimBlob(layout, file, place)) ?? (await nameArrived(layout, file, at));
  if (claimed === undefined) {
    await rename(arrived, place);
    return durability === "relaxed";
  }
  await unlink(arrived);
  if (!claimed.isUnsynced || durability === "relaxed") return claimed.isUnsynced;
  await promoteBlob(layout, place, file.digest);
  return false;
}

/** @returns what someone else has named by this content meanwhile: an equal file of the same artifact, or another process. */
async function nameArrived(
  layout: CacheLayout,
  file: FileRecord,
  { arrived, place, durability, named }: FilePlace,
): Promise<ClaimedBlob | undefined> {
  await finishFile(arrived, { sizeBytes: file.sizeBytes, durability });
  const isNamed = await addBlob(layout, arrived, { digest: file.digest, durability });
  if (isNamed) named.add(file.digest);
  return isNamed ? undefined : claimBlob(layout, file, place);
}
