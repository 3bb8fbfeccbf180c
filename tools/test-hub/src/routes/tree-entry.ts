import type { Commit } from "../repository/git-commit.ts";
import type { StoredRepository } from "../repository/repository.ts";
import { xetHashOf } from "./xet.ts";

/**
 * What lists of files say about a path.
 *
 * @param expand whether to add the last commit and the result of the security scan.
 * @returns `undefined` where the commit has nothing at that path.
 */
export function treeEntry(repository: StoredRepository, commit: Commit, at: EntryAddress): object | undefined {
  const { path, expand } = at;
  const expanded = expand && { lastCommit: { id: commit.id, title: commit.title, date: commit.date.toISOString() } };
  const file = commit.files.get(path);
  if (file === undefined) {
    const oid = path === "" ? undefined : commit.folders.get(path);
    return oid === undefined ? undefined : { type: "directory", oid, size: 0, path, ...expanded };
  }
  const { lfs, blobId: oid } = file;
  const size = file.content.sizeBytes;
  const xetHash = xetHashOf(repository, file);
  return {
    type: "file",
    oid,
    size,
    ...(lfs !== undefined && { lfs: { oid: lfs.sha256, size, pointerSize: lfs.pointerSizeBytes } }),
    ...(xetHash !== undefined && { xetHash }),
    path,
    ...expanded,
    ...(expand && { securityFileStatus: { status: "safe", avScan: null, pickleImportScan: null } }),
  };
}

export interface EntryAddress {
  readonly path: string;
  readonly expand: boolean;
}
