import { link, lstat, unlink } from "node:fs/promises";
import { bootId, type DigestText, isModelError, systemCode } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import type { CacheLayout } from "../cache-layout.ts";
import { type BlobName, blobNames } from "./blob-names.ts";
import { isLinkRefused } from "./link-refused.ts";
import { promoteBlob } from "./promote.ts";
import { setAsideIfSame } from "./set-aside.ts";
import { isStamped, stamp } from "./stamp.ts";

export interface ClaimOptions {
  readonly signal?: AbortSignal;
}

/** Content that may be here. */
export interface WantedContent {
  readonly digest: DigestText;
  /** Absent when only its digest is known. */
  readonly sizeBytes?: number;
}

/** Content that is here, under a name of one's own. */
export interface ClaimedBlob {
  readonly sizeBytes: number;
  /** Its bytes are not known to be on the disk. */
  readonly isUnsynced: boolean;
}

/**
 * Links content of a digest to a private place, if it is here and can be believed. Linked first and looked at then, so
 * that garbage collection or another process cannot change what was looked at.
 *
 * Believed as it lies: what was synced, or written in this boot, has the right size, and was not written to since. All
 * else is hashed; if it is right it counts as synced from then on (what is read in another boot came from the disk), if
 * not it is moved aside. What cannot be linked or read is as good as absent.
 *
 * @param place absolute path of a name that is free, on the file system of the cache.
 * @throws what the operating system says; `signal.reason` untouched when aborted.
 */
export async function claimBlob(
  layout: CacheLayout,
  content: WantedContent,
  place: string,
  options: ClaimOptions = {},
): Promise<ClaimedBlob | undefined> {
  for (const name of await blobNames(layout, content.digest)) {
    if (!(await linked(layout, name.path, place))) continue;
    let claimed: ClaimedBlob | undefined;
    try {
      claimed = await examine(layout, content, { name, place, ...options });
    } finally {
      if (claimed === undefined) await unlink(place);
    }
    if (claimed !== undefined) return claimed;
  }
  return undefined;
}

/** What is no file is not linked at all, since `link` follows a symbolic link on some systems. */
async function linked(layout: CacheLayout, path: string, place: string): Promise<boolean> {
  try {
    const stats = await lstat(path, { bigint: true });
    if (stats.isFile()) await link(path, place);
    else await setAsideIfSame(layout, path, stats.ino);
    return stats.isFile();
  } catch (error) {
    if (systemCode(error) === "ENOENT" || isLinkRefused(error)) return false;
    throw error;
  }
}

interface Examination extends ClaimOptions {
  readonly name: BlobName;
  readonly place: string;
}

async function examine(
  layout: CacheLayout,
  content: WantedContent,
  { name, place, signal }: Examination,
): Promise<ClaimedBlob | undefined> {
  const stats = await lstat(place, { bigint: true });
  const isOfAnotherBoot = name.unsyncedBoot !== undefined && name.unsyncedBoot !== bootId();
  const sizeBytes = Number(stats.size);
  const isOfRightSize = sizeBytes === (content.sizeBytes ?? sizeBytes);
  if (isOfRightSize && isStamped(stats) && !isOfAnotherBoot) {
    return { sizeBytes, isUnsynced: name.unsyncedBoot !== undefined };
  }
  const found = await judge(place, content, signal);
  if (found === "wrong") await setAsideIfSame(layout, name.path, stats.ino);
  if (found !== "right") return undefined;
  const isNoted = await noted(layout, place, content.digest);
  // Of another size, and right all the same: then it is the caller who is wrong about the size.
  return isOfRightSize ? { sizeBytes, isUnsynced: !isNoted } : undefined;
}

/** Notes that content was read and is right, for the next one; another user's file is theirs to note things on. */
async function noted(layout: CacheLayout, place: string, digest: DigestText): Promise<boolean> {
  try {
    await stamp(place);
    await promoteBlob(layout, place, digest);
    return true;
  } catch (error) {
    if (!isLinkRefused(error)) throw error;
    return false;
  }
}

/** A file that changes while it is read is not right. Of one that cannot be read nobody can tell, and it is left alone. */
async function judge(
  place: string,
  { digest }: WantedContent,
  signal: AbortSignal | undefined,
): Promise<"right" | "wrong" | "unreadable"> {
  try {
    const { digests } = await hashFile(place, signal === undefined ? {} : { signal });
    return digests.includes(digest) ? "right" : "wrong";
  } catch (error) {
    if (!isModelError(error)) throw error;
    return error.code === "FILE_CHANGED" ? "wrong" : "unreadable";
  }
}
