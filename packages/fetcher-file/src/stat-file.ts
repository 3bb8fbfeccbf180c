import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";

/**
 * The stat of a regular file or a folder, through symbolic links. Nothing is opened, so a FIFO cannot block it.
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`
 */
export async function statFile(path: string): Promise<Stats> {
  const stats = await statOrThrow(path);
  if (stats.isFile() || stats.isDirectory()) return stats;
  const what = stats.isFIFO() ? "a FIFO" : stats.isSocket() ? "a socket" : "a device";
  throw fileError("FILE_NOT_REGULAR", {
    message: `${path} is ${what}, not a file or folder.`,
    hint: "Name a regular file, or a folder of regular files.",
    facts: { path },
  });
}

async function statOrThrow(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fileErrorFrom(error, path, "read");
  }
}
