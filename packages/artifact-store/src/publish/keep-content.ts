import { stat } from "node:fs/promises";
import { type DigestText, fileErrorFrom, isModelError } from "@llama-orch/catalog-core";
import { artifactFile } from "../artifact-files.ts";
import { addBlob } from "../blobs/add-blob.ts";
import { blobNames } from "../blobs/blob-names.ts";
import { finishFile } from "../blobs/stamp.ts";
import { type CacheLayout, cacheLayout } from "../cache-layout.ts";
import type { Arrival } from "./publish.ts";

/**
 * Keeps what has arrived, and is not to be shown, under the name of its content, until garbage collection: whoever asks
 * for just these bytes within that time needs no second fetch. They stay in the ingest as well.
 * @returns whether all of it is kept: not where files cannot have two names.
 */
export async function keepContent({
  cacheDir,
  ingest,
  description,
  durability = "full",
}: Omit<Arrival, "id" | "kind">): Promise<boolean> {
  const layout = cacheLayout(cacheDir);
  let isKept = true;
  for (const { path, digest, sizeBytes } of description.files) {
    const file = artifactFile({ kind: "directory", root: ingest.directory }, path);
    try {
      await finishFile(file, { sizeBytes, durability });
      isKept &&= (await addBlob(layout, file, { digest, durability })) || (await isNamed(layout, digest));
    } catch (error) {
      throw isModelError(error) ? error : fileErrorFrom(error, file, "write");
    }
  }
  return isKept;
}

/** Someone else's file of this content will do as well. */
async function isNamed(layout: CacheLayout, digest: DigestText): Promise<boolean> {
  for (const { path } of await blobNames(layout, digest)) if (await stat(path).catch(() => undefined)) return true;
  return false;
}
