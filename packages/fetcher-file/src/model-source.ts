import { basename, dirname, join } from "node:path";
import { fileError } from "@llama-orch/catalog-core";
import { assertFileName } from "./file-name.ts";
import { type VersionedFile, versionOf } from "./file-version.ts";
import { listFolder } from "./list-folder.ts";
import { statFile } from "./stat-file.ts";

/** A model as it lies on this machine at one moment. */
export interface ModelSource {
  readonly kind: "file" | "directory";
  /** Absolute path of the file or folder. */
  readonly root: string;
  /** Never empty; one for a file. */
  readonly files: readonly VersionedFile[];
}

/**
 * Looks at what lies at a path, and opens nothing.
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`,
 *   `FILE_NAME_UNSUPPORTED`, `FILE_FOLDER_TOO_LARGE`
 */
export async function lookAtModel(root: string, signal: AbortSignal): Promise<ModelSource> {
  const stats = await statFile(root);
  if (stats.isFile()) {
    assertFileName(basename(root), dirname(root));
    return { kind: "file", root, files: [{ path: basename(root), version: versionOf(stats) }] };
  }
  const files = await listFolder(root, { signal });
  if (files.length === 0) throw emptyFolder(root);
  return { kind: "directory", root, files };
}

/** Absolute path of one file of a model. */
export function sourcePath({ kind, root }: Pick<ModelSource, "kind" | "root">, path: string): string {
  return kind === "file" ? root : join(root, path);
}

function emptyFolder(path: string): Error {
  return fileError("FILE_NOT_FOUND", {
    message: `There is no file in the folder ${path}.`,
    hint: "Name a folder that holds a model, or the model's file.",
    facts: { path },
  });
}
