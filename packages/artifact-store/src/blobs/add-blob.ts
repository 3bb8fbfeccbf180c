import { link } from "node:fs/promises";
import { dirname } from "node:path";
import { bootId, type DigestText, makeFolder, systemCode } from "@llama-orch/catalog-core";
import { blobPath, type CacheLayout, unsyncedBlobPath } from "../cache-layout.ts";
import type { Durability } from "../durability.ts";
import { isLinkRefused } from "./link-refused.ts";

/**
 * Gives a finished file a second name, by its content, so that other models may share it. Never overwrites: whoever was
 * faster stays. Where there can be no second name, there is none, and the file is not shared.
 *
 * The name tells whether the bytes are on the disk, so the two can never disagree: a file that was synced is named below
 * `blobs/sha256`, after its sync; one that was not, below the name of this boot. Losing the name to a loss of power is
 * harmless, so no folder is synced here.
 * @returns whether it has that name now.
 */
export async function addBlob(
  layout: CacheLayout,
  path: string,
  content: { readonly digest: DigestText; readonly durability: Durability },
): Promise<boolean> {
  const { digest, durability } = content;
  const name = durability === "full" ? blobPath(layout, digest) : unsyncedBlobPath(layout, bootId(), digest);
  try {
    await makeFolder(dirname(name));
    await link(path, name);
    return true;
  } catch (error) {
    if (systemCode(error) !== "EEXIST" && !isLinkRefused(error)) throw error;
    return false;
  }
}
