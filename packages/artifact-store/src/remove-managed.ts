import { rm, rmdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileError, fileErrorFrom, systemCode } from "@llama-orch/catalog-core";
import type { ArtifactLocation } from "./artifact-files.ts";

/**
 * Deletes the bytes of a managed artifact, and the folders that held it alone.
 * @throws ModelError `FILE_NOT_WRITABLE`; also for anything that does not lie in the cache's `models` folder.
 */
export async function removeManaged(cacheDir: string, artifact: ArtifactLocation): Promise<void> {
  const models = join(cacheDir, "models");
  const folder = artifact.kind === "file" ? dirname(artifact.root) : artifact.root;
  assertBelow(models, folder);
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await rmdir(dirname(folder));
  } catch (error) {
    // Another version of the same model lies beside it, or somebody else was faster.
    if (["ENOTEMPTY", "EEXIST", "ENOENT"].includes(systemCode(error) ?? "")) return;
    throw fileErrorFrom(error, folder, "write");
  }
}

/** `models/<id>/<content>` is two folders deep; anything else is not ours to delete, whatever a record says. */
function assertBelow(models: string, folder: string): void {
  const steps = relative(models, folder).split(sep);
  if (steps.length === 2 && !steps.includes("..") && !steps.includes("")) return;
  throw fileError("FILE_NOT_WRITABLE", {
    message: `${folder} is not a model of this cache, and is not deleted.`,
    hint: "Delete it by hand if it is really not needed.",
    facts: { path: folder },
  });
}
