import { statfs } from "node:fs/promises";
import { fileError } from "../errors/file-errors.ts";

export interface SpaceNeed {
  /** Bytes that are about to be written. */
  readonly neededBytes: number;
  /** Bytes that others are about to write to the same file system. @default 0 */
  readonly promisedBytes?: number;
}

/**
 * Bytes that this user may still write to the file system of a folder; `undefined` where it does not tell.
 * @param folder absolute path; it must be there.
 */
export async function freeSpace(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    // Some file systems, FUSE ones mostly, know no size at all.
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}

/**
 * That bytes fit on the file system of a folder, before the first of them is written.
 * @throws ModelError `FILE_NO_SPACE` with `neededBytes`, `freeBytes` and `promisedBytes` in its facts.
 */
export async function assertSpace(folder: string, { neededBytes, promisedBytes = 0 }: SpaceNeed): Promise<void> {
  const freeBytes = await freeSpace(folder);
  if (freeBytes === undefined || neededBytes + promisedBytes <= freeBytes) return;
  const promised = promisedBytes > 0 ? `, of which ${promisedBytes} are promised to other arrivals` : "";
  throw fileError("FILE_NO_SPACE", {
    message: `${neededBytes} bytes are needed at ${folder}, and ${freeBytes} are free${promised}.`,
    hint: "Free some space on this file system (`model-provisioner gc` may), or choose a cache folder on another one.",
    facts: { path: folder, neededBytes, freeBytes, promisedBytes },
  });
}
