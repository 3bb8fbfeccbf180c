import { lstat, unlink } from "node:fs/promises";
import { type DigestText, systemCode } from "@llama-orch/catalog-core";
import type { CacheLayout } from "../cache-layout.ts";
import { blobNames } from "./blob-names.ts";

/**
 * Gives back the room of content that no model uses any more: names among the blobs that are the last ones of their file.
 * Between the look and the unlink someone may link to it; then the file lives on under that name, and only the chance to
 * share it further is lost.
 * @returns bytes given back.
 */
export async function releaseBlobs(layout: CacheLayout, digests: Iterable<DigestText>): Promise<number> {
  let freedBytes = 0;
  for (const digest of new Set(digests)) {
    for (const { path } of await blobNames(layout, digest)) freedBytes += await unlinkIfLast(path);
  }
  return freedBytes;
}

/** @returns bytes given back: 0 for what is gone or is no file, and for what others still use. */
async function unlinkIfLast(path: string): Promise<number> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile() || stats.nlink > 1) return 0;
    await unlink(path);
    return stats.size;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return 0;
    throw error;
  }
}
