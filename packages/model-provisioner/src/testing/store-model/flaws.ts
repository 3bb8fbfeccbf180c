import type { CatalogEntry } from "@llama-orch/catalog-core";
import { filesOf, isWhole, type Seen, type SeenFile } from "./look.ts";

/**
 * What is wrong with a cache at rest, one line each. Damage may bring a flaw, and an operation may leave it; but only a
 * few operations that were cut short may bring one of their own.
 */
export function flawsOf(seen: Seen, synced: ReadonlySet<bigint>): ReadonlySet<string> {
  const ofEntries = [...seen.entries.values()].flatMap((entry) => entryFlaws(entry, seen, synced));
  return new Set([...ofEntries, ...[...seen.files.values()].flatMap((file) => blobFlaws(file, synced))]);
}

/** The flaw of an entry whose bytes are not there, or are others. */
export function isBroken(id: string): string {
  return `broken: ${id}`;
}

function entryFlaws(entry: CatalogEntry, seen: Seen, synced: ReadonlySet<bigint>): readonly string[] {
  // A file with another inode than the recorded one is read before it is believed.
  const believed = filesOf(entry, seen).filter(({ record, file }) => record.stat?.inode === String(file?.inode));
  const unsynced = believed.filter(({ file }) => file !== undefined && !synced.has(file.inode));
  return [
    ...(isWhole(entry, seen) ? [] : [isBroken(entry.id)]),
    ...(unsynced.length > 0 && entry.unsyncedBoot === undefined ? [`not on the disk: ${entry.id}`] : []),
  ];
}

function blobFlaws({ path, digest, inode }: SeenFile, synced: ReadonlySet<bigint>): readonly string[] {
  const [blobs, shelf, , name = path.split("/").at(-1)] = path.split("/");
  if (blobs !== "blobs") return [];
  return [
    ...(digest === `sha256:${name}` ? [] : [`not what it is named for: ${path}`]),
    ...(shelf === "sha256" && !synced.has(inode) ? [`not on the disk: ${path}`] : []),
  ];
}
