import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "@llama-orch/catalog-core";
import { type FileSystemFacts, fileSystemOf } from "./file-system.ts";
import type { Problem } from "./problem.ts";

export interface CacheDirFacts {
  readonly path: string;
  readonly state: "folder" | "absent" | "not a folder" | "not readable";
  /** Whether it, or the nearest folder above it that exists, may be written. */
  readonly writable: boolean;
  readonly fileSystem: FileSystemFacts | undefined;
}

export async function examineCacheDir(path: string): Promise<CacheDirFacts> {
  const state = await stateOf(path);
  const existing = state === "absent" ? await nearestExisting(dirname(path)) : path;
  const writable = state !== "not a folder" && (await isWritable(existing));
  const fileSystem = state === "folder" || state === "absent" ? await fileSystemOf(existing) : undefined;
  return { path, state, writable, fileSystem };
}

export function cacheDirProblems({ path, state, writable }: CacheDirFacts): Problem[] {
  if (state === "not a folder") {
    return [{ text: `${path} is not a folder.`, hint: "Move it away, or choose another cache with --cache-dir." }];
  }
  if (state === "not readable") {
    return [{ text: `${path} may not be read by this user.`, hint: "Give this user access, or choose another cache." }];
  }
  if (writable) return [];
  return [
    {
      text: `${path} may not be written by this user.`,
      hint: "What is present is served all the same; to bring models, give this user write permission or choose another cache.",
    },
  ];
}

async function stateOf(path: string): Promise<CacheDirFacts["state"]> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "not a folder";
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return "absent";
    if (code === "ENOTDIR") return "not a folder";
    if (code === "EACCES" || code === "EPERM") return "not readable";
    throw error;
  }
}

async function nearestExisting(path: string): Promise<string> {
  return (await stateOf(path)) === "absent" ? nearestExisting(dirname(path)) : path;
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
