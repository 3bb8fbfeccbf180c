import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

/** A copy with an inode of its own: by a reflink where there is one, else by its bytes, until it is aborted. */
export async function copyPartial(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    await pipeline(createReadStream(from), createWriteStream(to), { signal });
  }
}
