import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fileError, fileErrorFrom } from "@llama-orch/catalog-core";
import { fileChanged, isSameVersion, versionOf } from "../file-version.ts";
import type { FileToCopy } from "./begin-arrival.ts";

/** Goes on after "… changed ". */
export const whileCopied = "while it was copied";

/**
 * The user's own file, open for reading, in the version that is to be copied. The caller closes it.
 * @throws ModelError `FILE_CHANGED`, `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_IO`
 */
export async function openSource(file: FileToCopy): Promise<FileHandle> {
  // O_NONBLOCK: a FIFO may have taken the file's place, and opening one waits for its writer. It means nothing for files.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(file.source, flags).catch(readFailure(file.source));
  try {
    await assertVersion(handle, file, "before it was copied");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Through the descriptor, since that is what was read: another file at its path meanwhile changes nothing about it.
 * @param when goes on after "… changed ".
 * @throws ModelError `FILE_CHANGED`, `FILE_NOT_REGULAR`, `FILE_IO`
 */
export async function assertVersion(handle: FileHandle, { source, version }: FileToCopy, when: string): Promise<void> {
  const stats = await handle.stat({ bigint: true }).catch(readFailure(source));
  if (!stats.isFile()) throw notRegular(source);
  const now = versionOf(stats);
  if (isSameVersion(now, version)) return;
  throw fileChanged(source, when, { sizeBefore: version.sizeBytes, sizeAfter: now.sizeBytes });
}

/** For the `catch` of a promise that reads: rejects with the typed error. */
export function readFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "read");
  };
}

function notRegular(path: string): Error {
  return fileError("FILE_NOT_REGULAR", {
    message: `${path} is no longer a file.`,
    hint: "Name a regular file, or a folder of regular files.",
    facts: { path },
  });
}
