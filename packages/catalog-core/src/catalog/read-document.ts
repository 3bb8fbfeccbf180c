import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { catalogFailure, notAFolder } from "./catalog-failure.ts";
import { nearestExisting } from "./durable-folder.ts";
import { unsealDocument } from "./sealed-document.ts";

/** Something that lies where a document should. */
export interface Damage {
  readonly status: "damaged";
  readonly path: string;
  readonly problem: string;
  /** Its content; absent when it is not a file, or too large to be a document. */
  readonly bytes?: Buffer;
}

export type DocumentReading =
  | { readonly status: "absent" }
  | { readonly status: "intact"; readonly path: string; readonly body: unknown; readonly bytes: Buffer }
  | { readonly status: "newer"; readonly path: string; readonly schema: number }
  | Damage;

/** A directory of 100,000 files has a document of about 25 MB. */
const maxDocumentBytes = 256 * 1024 * 1024;

/** A FIFO that someone left here must not block us, and a symbolic link is not ours. Windows knows neither flag. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/**
 * Reads one document, and keeps it open while `use` runs, so that `isCurrent` can tell whether the path still leads
 * to it: no other file can have its inode as long as it is open.
 * @throws ModelError `CATALOG_NOT_READABLE`, `CATALOG_DIR_INVALID`
 */
export async function withDocument<T>(
  path: string,
  use: (reading: DocumentReading, isCurrent: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const handle = await openDocument(path);
  if ("status" in handle) return use(handle, async () => true);
  try {
    const stats = await handle.stat({ bigint: true });
    const reading = stats.isFile() ? await readOpen(handle, path, Number(stats.size)) : notAFile(path);
    return await use(reading, async () => (await inodeAt(path)) === stats.ino);
  } catch (error) {
    throw catalogFailure(error, path, "read");
  } finally {
    await handle.close();
  }
}

export async function readDocument(path: string): Promise<DocumentReading> {
  return withDocument(path, async (reading) => reading);
}

async function openDocument(path: string): Promise<FileHandle | DocumentReading> {
  try {
    return await open(path, readFlags);
  } catch (error) {
    switch (systemCode(error)) {
      case "ENOENT":
        return { status: "absent" };
      case "ENOTDIR":
        return fileInTheWay(path);
      case "ELOOP": // a symbolic link
      case "EISDIR": // a folder, on Windows
      case "ENXIO": // a socket
        return notAFile(path);
      default:
        throw catalogFailure(error, path, "read");
    }
  }
}

async function readOpen(handle: FileHandle, path: string, size: number): Promise<DocumentReading> {
  if (size > maxDocumentBytes) return { status: "damaged", path, problem: "it is too large to be a record" };
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break; // truncated by someone while it was read
    filled += bytesRead;
  }
  const read = bytes.subarray(0, filled);
  const unsealed = unsealDocument(read);
  return unsealed.status === "newer" ? { ...unsealed, path } : { ...unsealed, path, bytes: read };
}

function notAFile(path: string): Damage {
  return { status: "damaged", path, problem: "it is not a regular file" };
}

/** A file where the folder of some records should be is damage to those; higher up, there is no catalog to speak of. */
async function fileInTheWay(path: string): Promise<Damage> {
  const obstacle = await nearestExisting(path);
  if (obstacle !== dirname(path)) throw notAFolder(obstacle);
  return { status: "damaged", path: obstacle, problem: "it is not a folder" };
}

/** Whatever keeps us from looking, the file has to be opened again to tell: so it counts as another one. */
async function inodeAt(path: string): Promise<bigint | undefined> {
  return stat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  );
}
