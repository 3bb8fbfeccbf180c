import { hash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { fileError, type FileStat } from "@llama-orch/catalog-core";
import { fileStat } from "@llama-orch/hashing";

/** What one version of a file is recognised by: a write into it changes its size or mtime, another file in its place has another inode. */
export interface FileVersion extends FileStat {
  readonly sizeBytes: number;
}

/** One file of a model, as it is at one moment. */
export interface VersionedFile {
  /** As plans name it: relative, `/` between segments; the name of a single file. */
  readonly path: string;
  readonly version: FileVersion;
}

export function versionOf(stats: BigIntStats): FileVersion {
  return { sizeBytes: Number(stats.size), ...fileStat(stats) };
}

export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return one.sizeBytes === other.sizeBytes && one.mtimeNs === other.mtimeNs && one.inode === other.inode;
}

/** The versions of many files in one: `sha256:…`. */
export function versionHash(files: readonly VersionedFile[]): string {
  const lines = files.map(
    ({ path, version }) => `${JSON.stringify(path)} ${version.sizeBytes} ${version.mtimeNs} ${version.inode}\n`,
  );
  return `sha256:${hash("sha256", lines.sort().join(""))}`;
}

/** @param when goes on after "… changed ". */
export function fileChanged(path: string, when: string, sizes: FileSizes = {}): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} changed ${when}.`,
    hint: "Wait until whatever writes it has finished, then try again.",
    facts: { path, ...sizes },
  });
}

interface FileSizes {
  readonly sizeBefore?: number | undefined;
  readonly sizeAfter?: number;
}
