import type { BigIntStats } from "node:fs";
import { chmod, type FileHandle, lstat, open, utimes } from "node:fs/promises";
import { fileError } from "@llama-orch/catalog-core";
import type { Durability } from "../durability.ts";

/**
 * The time of modification that all managed content has: 2000-01-01T00:00:00Z, as stores with content addresses have one
 * time for all. So a later write shows, without a record of what the time was before, and however soon it comes: the
 * clock never says that time again.
 */
const stampSeconds = 946_684_800;
const stampNs = BigInt(stampSeconds) * 1_000_000_000n;

/** Whether a file still is as it was stamped. Guards against accident: whoever may write it may set its time as well. */
export function isStamped(stats: Pick<BigIntStats, "mtimeNs">): boolean {
  return stats.mtimeNs === stampNs;
}

/** Sets the time of content that was read again and found right. */
export async function stamp(path: string): Promise<void> {
  await utimes(path, stampSeconds, stampSeconds);
}

export interface Finishing {
  /** As it was described. */
  readonly sizeBytes: number;
  readonly durability: Durability;
}

/**
 * Makes a file that has arrived read-only, gives it the time of managed content, and brings it to the disk if that is
 * wanted. What was linked from another model is finished already, and may be another user's: that is only synced.
 * @throws ModelError `FILE_NOT_REGULAR`, `FILE_CHANGED`; else what the operating system says.
 */
export async function finishFile(path: string, { sizeBytes, durability }: Finishing): Promise<void> {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isFile()) throw notAFile(path);
  if (stats.size !== BigInt(sizeBytes)) throw changed(path);
  if (stats.nlink > 1n && isStamped(stats)) return durability === "full" ? syncFile(path) : undefined;
  const handle = await openForFinishing(path);
  try {
    await handle.utimes(stampSeconds, stampSeconds);
    await handle.chmod(0o444);
    if (durability === "full") await handle.sync();
  } finally {
    await handle.close();
  }
}

function notAFile(path: string): Error {
  return fileError("FILE_NOT_REGULAR", {
    message: `${path} has arrived, and is no regular file.`,
    hint: "Have the fetcher write a file there: what a link leads to is not the model's.",
    facts: { path },
  });
}

export function changed(path: string): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} changed while it was published.`,
    hint: "Something else writes into the cache folder; leave it to this program alone, and try again.",
    facts: { path },
  });
}

/** Brings a file that is finished already to the disk. */
export async function syncFile(path: string): Promise<void> {
  // Windows syncs only what is open for writing, and opens for writing only what is not read-only.
  if (process.platform === "win32") await chmod(path, 0o644);
  const handle = await open(path, process.platform === "win32" ? "r+" : "r");
  try {
    await handle.sync();
    if (process.platform === "win32") await handle.chmod(0o444);
  } finally {
    await handle.close();
  }
}

/** What a fetcher has brought may be read-only; its owner may change that. */
async function openForFinishing(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch {
    await chmod(path, 0o644);
    return open(path, "r+");
  }
}
