import { lstat, utimes } from "node:fs/promises";
import { type DigestText, systemCode } from "@llama-orch/catalog-core";
import { cacheLayout } from "../cache-layout.ts";
import { blobNames } from "./blob-names.ts";
import { setAsideIfSame } from "./set-aside.ts";

/**
 * Sees to it that nobody takes a file for content that it was found not to be: its names among the blobs are moved aside,
 * and its time of modification is set to now, so that other models which share it read it again before they are served.
 * Best effort: in a cache that may not be written, nothing new can be linked to it either.
 * @param path of the model's file, below the cache root.
 * @param digest that it was on record for.
 */
export async function distrustFile(cacheDir: string, path: string, digest: DigestText): Promise<void> {
  const layout = cacheLayout(cacheDir);
  try {
    const stats = await lstat(path, { bigint: true });
    // A symbolic link that someone has put there leads to a file that is not ours.
    if (!stats.isFile()) return;
    for (const name of await blobNames(layout, digest)) await setAsideIfSame(layout, name.path, stats.ino);
    const now = new Date();
    await utimes(path, now, now);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}
