import { randomBytes } from "node:crypto";
import { lstat, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { makeFolder, systemCode } from "@llama-orch/catalog-core";
import type { CacheLayout } from "../cache-layout.ts";
import { isLinkRefused } from "./link-refused.ts";

/**
 * Moves something damaged out of the way, under a name that nobody looks for. Never deletes it: garbage collection does,
 * after its grace period.
 * @returns where it lies now; undefined when it was gone.
 */
export async function setAside({ damaged }: CacheLayout, path: string): Promise<string | undefined> {
  const aside = join(damaged, `${basename(path)}-${randomBytes(4).toString("hex")}`);
  await makeFolder(damaged);
  try {
    await rename(path, aside);
    return aside;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Moves a name among the blobs aside if it still is that of the file that was found damaged. Between the look and the
 * rename someone may put a good one there; then that is moved, which loses a chance to share it, and no more. Where it
 * cannot be moved (another user's folder, another file system) it stays, and is looked at again by the next one.
 */
export async function setAsideIfSame(layout: CacheLayout, path: string, inode: bigint): Promise<boolean> {
  try {
    if ((await lstat(path, { bigint: true })).ino !== inode) return false;
    return (await setAside(layout, path)) !== undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT" || isLinkRefused(error)) return false;
    throw error;
  }
}
