import { join } from "node:path";
import {
  bootId,
  type FileRecord,
  fileError,
  fileErrorFrom,
  isModelError,
  makeDurableFolder,
  makeFolder,
  syncFolder,
  systemCode,
} from "@llama-orch/catalog-core";
import { type CacheLayout, cacheLayout, modelFolderName, versionFolderName } from "../cache-layout.ts";
import type { ArtifactDescription } from "../describe-artifact.ts";
import type { Durability } from "../durability.ts";
import type { OpenIngest } from "../ingest/open-ingest.ts";
import { writeIdFile } from "./id-file.ts";
import { recordStats } from "./record-stats.ts";
import { settleUnsynced } from "./settle-unsynced.ts";
import { showTree } from "./show-tree.ts";
import { sortArrivals } from "./sort-arrivals.ts";

/** An artifact that has arrived, was hashed, and may be shown. */
export interface Arrival {
  /** Absolute path of the cache root. */
  readonly cacheDir: string;
  readonly id: string;
  readonly kind: "file" | "directory";
  readonly ingest: OpenIngest;
  readonly description: ArtifactDescription;
  /** @default "full" */
  readonly durability?: Durability;
}

/** A verified artifact, visible. */
export interface PublishedArtifact {
  /** Relative to the cache root: the file, or the folder. */
  readonly localPath: string;
  readonly files: readonly FileRecord[];
  /** The boot, if some of its bytes were not waited for; see `CatalogEntry.unsyncedBoot`. */
  readonly unsyncedBoot?: string;
}

/**
 * Makes a verified artifact visible, all of it or nothing.
 *
 * In order, and why:
 * 1. The model's folder is made. Where that cannot be, what has arrived is left as it is, for the next attempt.
 * 2. A tree of just the artifact's files is made in the ingest; what else a tool has left there is not part of it. Content
 *    that is here already takes the place of what arrived, which is let go; any other file is made read-only, synced (under
 *    `full`), and only then named by its content, so that what another model finds by that name is whole. Where a second
 *    name is refused there is none: the file itself goes into the tree, and there is never a second copy.
 * 3. The folders of the tree are synced (`full`), innermost first, so that after a loss of power a name never leads to missing bytes.
 * 4. The tree is renamed to its final name. That fails where something is, so nothing is ever overwritten. Killed before it,
 *    nothing is visible, and what is named by its content is garbage, or is found by the next attempt; killed after it, the
 *    artifact is whole and not yet on record, and the next arrival finds it (see `showTree`).
 * 5. That name is synced (`full`), or what was found there instead, as whoever put it there may not have waited for it.
 */
export async function publishArtifact(arrival: Arrival): Promise<PublishedArtifact> {
  const { cacheDir, id, kind, ingest, description, durability = "full" } = arrival;
  const { files } = description;
  const layout = cacheLayout(cacheDir);
  const model = join(layout.models, modelFolderName(id));
  const version = join(model, versionFolderName(description.digest));
  try {
    await makeModelFolder(layout, model, durability);
    await writeIdFile(model, id, ingest.root);
    const tree = join(ingest.root, "sorted");
    const isUnsynced = await sortArrivals(layout, {
      directory: ingest.directory,
      tree,
      files,
      durability,
      named: ingest.named,
    });
    const shown = await showTree(layout, { tree, version, files });
    if (durability === "full" && shown === "ours") await syncFolder(model);
    else if (durability === "full") await settleUnsynced(cacheDir, { kind: "directory", root: version }, files);
    ingest.named.clear();
    const [first] = files;
    const folder = `models/${modelFolderName(id)}/${versionFolderName(description.digest)}`;
    return {
      localPath: kind === "file" && first !== undefined ? `${folder}/${first.path}` : folder,
      files: await recordStats(version, files),
      ...(durability === "relaxed" && (isUnsynced || shown === "equal") && { unsyncedBoot: bootId() }),
    };
  } catch (error) {
    if (systemCode(error) === "EXDEV") throw otherFileSystem(layout, error);
    throw isModelError(error) ? error : fileErrorFrom(error, version, "write");
  }
}

/** The name of `models` is waited for each time: under `relaxed`, nobody may have done so. */
async function makeModelFolder({ models }: CacheLayout, model: string, durability: Durability): Promise<void> {
  if (durability === "full") await makeDurableFolder(models);
  await (durability === "full" ? makeDurableFolder(model) : makeFolder(model));
}

function otherFileSystem({ models, ingest }: CacheLayout, cause: unknown): Error {
  return fileError("FILE_NOT_WRITABLE", {
    message: `${models} is on another file system than ${ingest}, so that what has arrived cannot be moved there.`,
    hint: "Keep all of the cache folder on one file system: move the whole of it, and name its new place in MODEL_PROVISIONER_CACHE.",
    facts: { path: models, systemCode: "EXDEV" },
    cause,
  });
}
