import { hash } from "node:crypto";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  fileError,
  fileErrorFrom,
  type Ingest,
  type IngestTarget,
  makeFolder,
  systemCode,
} from "@llama-orch/catalog-core";
import { isSafeRelativePath } from "./artifact-files.ts";

/** An ingest, as its owner sees it. */
export interface OpenIngest extends Ingest {
  /** Removes all that arrived and was not published. Safe to call twice. */
  discard(): Promise<void>;
}

/**
 * A private folder for one arrival of one model: no other process knows its name, so nothing in it is ever visible.
 *
 *     ingest/<hash of id>-<random>/tree/      what arrives
 *     ingest/<hash of id>-<random>/journal/   what fetchers note down to resume; never part of the artifact
 *
 * @throws ModelError `FILE_NOT_WRITABLE`, `FILE_NO_SPACE`, `FILE_IO`
 */
export async function openIngest(cacheDir: string, id: string): Promise<OpenIngest> {
  const root = await makePrivateFolder(join(cacheDir, "ingest"), hash("sha256", id).slice(0, 16));
  const tree = join(root, "tree");
  return {
    directory: tree,
    target: (path) => openTarget(root, tree, path),
    discard: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

async function makePrivateFolder(parent: string, prefix: string): Promise<string> {
  try {
    await makeFolder(parent);
    const root = await mkdtemp(join(parent, `${prefix}-`));
    await Promise.all([mkdir(join(root, "tree")), mkdir(join(root, "journal"))]);
    return root;
  } catch (error) {
    throw fileErrorFrom(error, parent, "write");
  }
}

async function openTarget(root: string, tree: string, path: string): Promise<IngestTarget> {
  if (!isSafeRelativePath(path)) {
    throw fileError("FILE_NOT_WRITABLE", {
      message: `${JSON.stringify(path)} is not a path that an artifact may hold.`,
      hint: "Paths are relative, with / between segments, without . or .. and at most 255 bytes a segment.",
      facts: { path },
    });
  }
  const target = join(tree, ...path.split("/"));
  try {
    await mkdir(dirname(target), { recursive: true });
  } catch (error) {
    throw fileErrorFrom(error, target, "write");
  }
  return {
    path: target,
    existingBytes: await sizeOf(target),
    journalPath: join(root, "journal", hash("sha256", path).slice(0, 32)),
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw fileErrorFrom(error, path, "read");
  }
}
