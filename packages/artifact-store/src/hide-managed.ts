import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileError, fileErrorFrom, makeFolder, systemCode } from "@llama-orch/catalog-core";
import { isSafeRelativePath } from "./artifact-files.ts";

/** Bytes that nobody can find any more, and that are still on the disk. */
export interface HiddenModel {
  remove(): Promise<void>;
}

/**
 * Takes all that lies under a model's name out of sight, in one step: what was published for it, in every version.
 *
 * @param localPath of the entry, relative to the cache root: `models/<id>/<content>/…`.
 * @returns undefined when there is nothing.
 * @throws ModelError `FILE_NOT_WRITABLE`; also for anything that does not lie where models do, whatever a record says.
 */
export async function hideManaged(cacheDir: string, localPath: string): Promise<HiddenModel | undefined> {
  const folder = join(cacheDir, "models", modelFolder(localPath));
  // Beside the arrivals: litter there is known for litter.
  const hidden = join(cacheDir, "ingest", `removed-${randomBytes(8).toString("hex")}`);
  try {
    await makeFolder(join(cacheDir, "ingest"));
    await rename(folder, hidden);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw fileErrorFrom(error, folder, "write");
  }
  return { remove: () => rm(hidden, { recursive: true, force: true, maxRetries: 3 }) };
}

function modelFolder(localPath: string): string {
  const [models, folder, content] = localPath.split("/");
  if (isSafeRelativePath(localPath) && models === "models" && folder !== undefined && content !== undefined)
    return folder;
  throw fileError("FILE_NOT_WRITABLE", {
    message: `${localPath} is not a model of this cache, and is not deleted.`,
    hint: "Delete it by hand if it is really not needed.",
    facts: { path: localPath },
  });
}
