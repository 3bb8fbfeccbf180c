import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";
import { fileFetcherError } from "./errors.ts";
import { assertFileName } from "./file-name.ts";
import { type VersionedFile, versionOf } from "./file-version.ts";
import { statFile } from "./stat-file.ts";

export interface ListFolderOptions {
  readonly signal: AbortSignal;
  /** Files and folders, each as often as a path leads to it. @default 1,000,000 */
  readonly maxEntries?: number;
  /** Folders one in another. @default 64 */
  readonly maxDepth?: number;
}

/**
 * Every regular file below a folder, symbolic links followed. Anything that is neither file nor folder is refused
 * by name, and so is a link that leads back to a folder above it, which would go on for ever.
 *
 * The limits are for links that join folders again and again: thirty pairs of them make a thousand million paths.
 */
export async function listFolder(root: string, options: ListFolderOptions): Promise<VersionedFile[]> {
  const { signal, maxEntries = 1_000_000, maxDepth = 64 } = options;
  const files: VersionedFile[] = [];
  let entries = 0;

  async function walk(folder: string, prefix: string, above: readonly string[]): Promise<void> {
    if (above.length > maxDepth) throw tooLarge(root, `folders more than ${maxDepth} deep`, maxDepth);
    for (const name of await namesIn(folder)) {
      signal.throwIfAborted();
      entries += 1;
      if (entries > maxEntries) throw tooLarge(root, `more than ${maxEntries} files and folders`, maxEntries);
      assertFileName(name, folder);
      const path = join(folder, name);
      const stats = await statFile(path);
      if (stats.isFile()) {
        files.push({ path: prefix + name, version: versionOf(stats) });
        continue;
      }
      const real = await realFolder(path);
      if (above.includes(real)) throw circle(path, real);
      await walk(path, `${prefix}${name}/`, [...above, real]);
    }
  }

  await walk(root, "", [await realFolder(root)]);
  return files;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw fileErrorFrom(error, folder, "read");
  }
}

async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    throw fileErrorFrom(error, folder, "read");
  }
}

function circle(path: string, real: string): Error {
  return fileError("FILE_SYMLINK_LOOP", {
    message: `${path} leads back to ${real}, a folder above it.`,
    hint: "Remove the link, or name a folder without such links.",
    facts: { path, target: real },
  });
}

function tooLarge(path: string, what: string, limit: number): Error {
  return fileFetcherError("FILE_FOLDER_TOO_LARGE", {
    message: `There are ${what} in ${path}, links followed.`,
    hint: "Name the folder of one model; if it is that, look for links in it that join the same folders many times.",
    facts: { path, limit },
  });
}
