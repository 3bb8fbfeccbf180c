import { randomUUID } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "../errors/file-errors.ts";
import { catalogFailure } from "./catalog-failure.ts";
import { makeDurableFolder, makeFolder, syncFolder } from "./durable-folder.ts";

/**
 * Writes a whole file so that a reader finds the old content or the new one, and so that the new one is on the disk
 * when this returns. In order: a private file of a new name; its content; the content synced; renamed over the target;
 * the target's folder synced. Killed before the rename, the old content stays, and a private file that `repair` sweeps
 * up. A loss of power after the rename shows the old content or the new one, never a part, as the content was synced first.
 *
 * @param temporaryFolder on the file system of `path`.
 * @throws ModelError `CATALOG_NO_SPACE`, `CATALOG_NOT_WRITABLE`, `CATALOG_DIR_INVALID`
 */
export async function writeAtomically(temporaryFolder: string, path: string, content: string | Buffer): Promise<void> {
  const temporary = join(temporaryFolder, `${randomUUID()}.tmp`);
  try {
    await makeDurableFolder(dirname(path));
    await makeFolder(temporaryFolder); // after the durable ones: what lies above both is durable by now
    await writeNewFile(temporary, content);
    await renameOver(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    // Best effort: what made the write fail is what the caller must hear of.
    await unlink(temporary).catch(() => {});
    throw catalogFailure(error, path, "write");
  }
}

async function writeNewFile(path: string, content: string | Buffer): Promise<void> {
  const handle = await open(path, "wx", 0o644);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** On Windows a file cannot be replaced while someone has it open without leave to delete; readers are done in no time. */
async function renameOver(from: string, to: string): Promise<void> {
  const delaysMs = process.platform === "win32" ? [5, 10, 20, 40, 80, 160, 320, 640] : [];
  for (const delayMs of delaysMs) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!["EPERM", "EACCES", "EBUSY"].includes(systemCode(error) ?? "")) throw error;
      await sleep(delayMs);
    }
  }
  return rename(from, to);
}
