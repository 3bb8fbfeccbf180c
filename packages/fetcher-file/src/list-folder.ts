import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";
import { statFile } from "./stat-file.ts";

export interface ListedFile {
  /** Relative to the folder, `/` between segments. */
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Every regular file below a folder, symbolic links followed. Anything that is neither file nor folder is refused
 * by name, and so is a link that leads back to a folder above it, which would go on for ever.
 */
export async function listFolder(root: string, signal: AbortSignal): Promise<ListedFile[]> {
  return listBelow(root, "", [await realFolder(root)], signal);
}

async function listBelow(
  folder: string,
  prefix: string,
  above: readonly string[],
  signal: AbortSignal,
): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const name of await namesIn(folder)) {
    signal.throwIfAborted();
    const path = join(folder, name);
    assertNameIsText(name, folder);
    const stats = await statFile(path);
    if (stats.isFile()) {
      files.push({ path: prefix + name, sizeBytes: stats.size });
      continue;
    }
    const real = await realFolder(path);
    if (above.includes(real)) throw circle(path, real);
    files.push(...(await listBelow(path, `${prefix}${name}/`, [...above, real], signal)));
  }
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

/** Node shows a name that is not UTF-8 with U+FFFD in it, and then cannot open it by that name. */
function assertNameIsText(name: string, folder: string): void {
  if (!name.includes("\uFFFD")) return;
  throw fileError("FILE_IO", {
    message: `The folder ${folder} holds a file whose name is not UTF-8: ${JSON.stringify(name)}.`,
    hint: "Rename the file, or move it out of the model's folder.",
    facts: { path: folder },
  });
}

function circle(path: string, real: string): Error {
  return fileError("FILE_SYMLINK_LOOP", {
    message: `${path} leads back to ${real}, a folder above it.`,
    hint: "Remove the link, or name a folder without such links.",
    facts: { path, target: real },
  });
}
