import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { systemCode } from "@llama-orch/catalog-core";
import { mapInLanes } from "./map-in-lanes.ts";

/** A file somewhere below a folder. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of them, those that take room: a file may have holes. */
  readonly heldBytes: number;
  /** Names that the file has in all. */
  readonly links: number;
  /** Tells two names of one file from two files, within a file system. */
  readonly inode: bigint;
  /** When its content, its mode or its names last changed, ms since 1970. */
  readonly changedMs: number;
  /** When it was last read, ms since 1970, as far as the file system keeps that. */
  readonly readMs: number;
}

/** Anything that has a name in a folder. A symbolic link is itself, whatever it leads to. */
export interface Found extends FoundFile {
  readonly name: string;
  readonly type: "file" | "folder" | "other";
}

const lanes = 8;

/** Every regular file below a folder; nothing where there is no folder. What goes away meanwhile is left out. */
export async function filesBelow(folder: string): Promise<readonly FoundFile[]> {
  return (await foundBelow(folder)).filter(({ type }) => type === "file");
}

/**
 * All that lies below a folder, the folders as well. Folder by folder: `readdir` with `recursive` gives nothing at all
 * when one of the folders goes away meanwhile.
 */
export async function foundBelow(folder: string): Promise<readonly Found[]> {
  const found = await foundIn(folder);
  const deeper: (readonly Found[])[] = [];
  for (const { type, path } of found) if (type === "folder") deeper.push(await foundBelow(path));
  return [...found, ...deeper.flat()];
}

/** What lies directly in a folder. */
export async function foundIn(folder: string): Promise<readonly Found[]> {
  const names = await namesIn(folder);
  const found = await mapInLanes(names, lanes, (name) => foundAt(join(folder, name)));
  return found.filter((each) => each !== undefined);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return [];
    throw error;
  }
}

/** What lies at a path; undefined where nothing does. */
export async function foundAt(path: string): Promise<Found | undefined> {
  try {
    return asFound(path, await lstat(path, { bigint: true }));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}

function asFound(path: string, stats: BigIntStats): Found {
  return {
    path,
    name: basename(path),
    type: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
    sizeBytes: Number(stats.size),
    // Blocks of 512 bytes, whatever the file system's own are; where none are told, there is no telling.
    heldBytes: stats.blocks === 0n ? Number(stats.size) : Math.min(Number(stats.size), Number(stats.blocks) * 512),
    links: Number(stats.nlink),
    inode: stats.ino,
    changedMs: Number(stats.ctimeMs),
    readMs: Number(stats.atimeMs),
  };
}

export function sumOf(files: readonly Pick<FoundFile, "sizeBytes">[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
