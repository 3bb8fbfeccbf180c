import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";

/**
 * A regular file, open for reading, and its stat. The caller closes it.
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`
 */
export async function openRegular(path: string): Promise<{ readonly file: FileHandle; readonly stats: BigIntStats }> {
  // O_NONBLOCK: opening a FIFO that nobody writes to would otherwise wait forever. It means nothing for regular files.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch(readFailure(path));
  try {
    const stats = await file.stat({ bigint: true }).catch(readFailure(path));
    if (!stats.isFile()) throw notRegular(path);
    return { file, stats };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** For the `catch` of a promise of the file system: rejects with the typed error. */
export function readFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "read");
  };
}

function notRegular(path: string): Error {
  return fileError("FILE_NOT_REGULAR", {
    message: `${path} is not a regular file.`,
    hint: "Name a file; FIFOs, sockets, devices and folders cannot be hashed.",
    facts: { path },
  });
}
