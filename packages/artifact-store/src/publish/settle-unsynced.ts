import { dirname } from "node:path";
import { type FileRecord, fileErrorFrom, isModelError, syncFolder } from "@llama-orch/catalog-core";
import { artifactFile, type ArtifactLocation } from "../artifact-files.ts";
import { promoteBlob } from "../blobs/promote.ts";
import { cacheLayout } from "../cache-layout.ts";

/**
 * Brings to the disk what was published without waiting for it, and is known to be right: written in this boot, or read
 * again since.
 * @throws ModelError of the `FILE_…` codes: then it is as it was before.
 */
export async function settleUnsynced(
  cacheDir: string,
  artifact: ArtifactLocation,
  files: readonly FileRecord[],
): Promise<void> {
  const layout = cacheLayout(cacheDir);
  const top = artifact.kind === "file" ? dirname(artifact.root) : artifact.root;
  // No folder above was waited for either, if this was the first model of its cache.
  const folders = new Set([top, dirname(top), layout.models, cacheDir]);
  try {
    for (const { path, digest } of files) {
      const file = artifactFile(artifact, path);
      await promoteBlob(layout, file, digest);
      for (let folder = dirname(file); folder.length > top.length; folder = dirname(folder)) folders.add(folder);
    }
    for (const folder of folders) await syncFolder(folder);
  } catch (error) {
    throw isModelError(error) ? error : fileErrorFrom(error, artifact.root, "write");
  }
}
