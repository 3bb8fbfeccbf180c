import type { BigIntStats } from "node:fs";
import { readlink, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileError, fileErrorFrom, systemCode } from "@llama-orch/catalog-core";

/**
 * The stat of a regular file or a folder, through symbolic links. Nothing is opened, so a FIFO cannot block it.
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`
 */
export async function statFile(path: string): Promise<BigIntStats> {
  const stats = await statOrThrow(path);
  if (stats.isFile() || stats.isDirectory()) return stats;
  const what = stats.isFIFO() ? "a FIFO" : stats.isSocket() ? "a socket" : "a device";
  throw fileError("FILE_NOT_REGULAR", {
    message: `${path} is ${what}, not a file or folder.`,
    hint: "Name a regular file, or a folder of regular files.",
    facts: { path },
  });
}

async function statOrThrow(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const code = systemCode(error);
    const target = code === "ENOENT" || code === "ENOTDIR" ? await targetOf(path) : undefined;
    throw target === undefined ? fileErrorFrom(error, path, "read") : danglingLink(path, target);
  }
}

/** Where a link leads, as it says itself; undefined for what is no link. */
async function targetOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch {
    // Whatever it says: the first error is the one to show.
    return undefined;
  }
}

function danglingLink(path: string, target: string): Error {
  return fileError("FILE_NOT_FOUND", {
    message: `${path} is a link that leads nowhere: there is no ${resolve(dirname(path), target)}.`,
    hint: "Bring back what it leads to, or remove the link.",
    facts: { path, target },
  });
}
