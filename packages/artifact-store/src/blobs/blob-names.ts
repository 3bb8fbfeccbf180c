import { readdir } from "node:fs/promises";
import { bootId, type DigestText, systemCode } from "@llama-orch/catalog-core";
import { blobPath, type CacheLayout, unsyncedBlobPath } from "../cache-layout.ts";
import { isLinkRefused } from "./link-refused.ts";

/** A name that content of a digest may have. */
export interface BlobName {
  readonly path: string;
  /** The boot in which it was written without waiting for the disk; undefined for what is on the disk. */
  readonly unsyncedBoot: string | undefined;
}

/** Every name that content of a digest may have, the most trusted first: on the disk, of this boot, of other boots. */
export async function blobNames(layout: CacheLayout, digest: DigestText): Promise<readonly BlobName[]> {
  const boots = (await bootsOf(layout)).toSorted((a, b) => Number(b === bootId()) - Number(a === bootId()));
  const unsynced = boots.map((boot) => ({ path: unsyncedBlobPath(layout, boot, digest), unsyncedBoot: boot }));
  return [{ path: blobPath(layout, digest), unsyncedBoot: undefined }, ...unsynced];
}

async function bootsOf({ unsynced }: CacheLayout): Promise<readonly string[]> {
  try {
    return await readdir(unsynced);
  } catch (error) {
    if (systemCode(error) === "ENOENT" || isLinkRefused(error)) return [];
    throw error;
  }
}
