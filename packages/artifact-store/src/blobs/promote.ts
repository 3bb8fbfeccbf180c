import { link, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { type DigestText, makeFolder, systemCode } from "@llama-orch/catalog-core";
import { blobPath, type CacheLayout } from "../cache-layout.ts";
import { blobNames } from "./blob-names.ts";
import { isLinkRefused } from "./link-refused.ts";
import { syncFile } from "./stamp.ts";

/**
 * Notes that content which was written without waiting for the disk has got there: it is synced, named below
 * `blobs/sha256`, and its old names go.
 * @param path any name of the file, whose bytes are known to be right.
 */
export async function promoteBlob(layout: CacheLayout, path: string, digest: DigestText): Promise<void> {
  await syncFile(path);
  const name = blobPath(layout, digest);
  try {
    await makeFolder(dirname(name));
    await link(path, name);
  } catch (error) {
    if (systemCode(error) !== "EEXIST" && !isLinkRefused(error)) throw error;
  }
  for (const { path: old, unsyncedBoot } of await blobNames(layout, digest)) {
    if (unsyncedBoot !== undefined) await unlinkIfPossible(old);
  }
}

/** A name that cannot go (in another user's folder, say) does no harm: what it leads to is hashed in another boot. */
async function unlinkIfPossible(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    const isExpected = ["ENOENT", "EISDIR"].includes(systemCode(error) ?? "") || isLinkRefused(error);
    if (!isExpected) throw error;
  }
}
