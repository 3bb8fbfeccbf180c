import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type CatalogEntry,
  fileError,
  fileErrorFrom,
  isModelError,
  makeFolder,
  systemCode,
} from "@llama-orch/catalog-core";
import { isSafeRelativePath } from "./artifact-files.ts";
import { releaseBlobs } from "./blobs/release.ts";
import { cacheLayout } from "./cache-layout.ts";
import { filesBelow, type FoundFile, sumOf } from "./files-below.ts";
import { isIdFile } from "./publish/id-file.ts";

/** Bytes that nobody can find any more, and that are still on the disk. */
export interface HiddenModel {
  /** @returns bytes given back: not those that other models share. */
  remove(): Promise<number>;
}

/**
 * Takes all that lies under a model's name out of sight, in one step: what was published for it, in every version.
 *
 * @param entry whose `localPath` is `models/<id>/<content>/…`.
 * @returns undefined when there is nothing.
 * @throws ModelError `FILE_NOT_WRITABLE`; also for anything that does not lie where models do, whatever a record says.
 */
export async function hideManaged(
  cacheDir: string,
  entry: Pick<CatalogEntry, "localPath" | "files">,
): Promise<HiddenModel | undefined> {
  const layout = cacheLayout(cacheDir);
  const folder = join(layout.models, managedFolders(entry.localPath).model);
  // Beside the arrivals: litter there is known for litter.
  const hidden = join(layout.ingest, `removed-${randomBytes(8).toString("hex")}`);
  try {
    await makeFolder(layout.ingest);
    await rename(folder, hidden);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw fileErrorFrom(error, folder, "write");
  }
  return {
    async remove() {
      try {
        const files = (await filesBelow(hidden)).filter(({ path }) => !isIdFile(path));
        const lost = sumOf(onlyAmong(files));
        await rm(hidden, { recursive: true, force: true, maxRetries: 3 });
        return (
          lost +
          (await releaseBlobs(
            layout,
            entry.files.map(({ digest }) => digest),
          ))
        );
      } catch (error) {
        throw isModelError(error) ? error : fileErrorFrom(error, hidden, "write");
      }
    },
  };
}

/** Of files that have all of their names among these, one name each: nobody else has their bytes. */
function onlyAmong(files: readonly FoundFile[]): readonly FoundFile[] {
  return [...Map.groupBy(files, ({ inode }) => inode).values()].flatMap((names) =>
    names.slice(0, 1).filter(({ links }) => links === names.length),
  );
}

/**
 * The folders that a managed model lies in: the model's own, below `models/`, and that of its version, in it.
 * @throws ModelError `FILE_NOT_WRITABLE` for anything that does not lie where models do.
 */
export function managedFolders(localPath: string): { readonly model: string; readonly version: string } {
  const [models, model, version] = localPath.split("/");
  const isManaged = isSafeRelativePath(localPath) && models === "models";
  if (isManaged && model !== undefined && version !== undefined) return { model, version };
  throw fileError("FILE_NOT_WRITABLE", {
    message: `${localPath} is not a model of this cache, and is not deleted.`,
    hint: "Delete it by hand if it is really not needed.",
    facts: { path: localPath },
  });
}
