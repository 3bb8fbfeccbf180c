import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { notAFolder } from "./catalog-failure.ts";

/**
 * Makes a folder, and those above it that are missing, so that they survive a loss of power: the name of each new folder
 * is synced in the one above. The one directly above is synced in any case, since another process may have made
 * `folder` a moment ago and died before it synced the name.
 * @throws ModelError `CATALOG_DIR_INVALID`; else what the operating system says.
 */
export async function makeDurableFolder(folder: string): Promise<void> {
  const firstMade = await makeFolder(folder);
  let parent = dirname(folder);
  await syncFolder(parent);
  while (firstMade !== undefined && parent.length >= firstMade.length) {
    parent = dirname(parent);
    await syncFolder(parent);
  }
}

/**
 * Step by step, and not by `mkdir` with `recursive`, which says ENOENT where the file system is read-only.
 * ENOENT may also mean that nothing can be made in a folder that is there (`/proc`, say): so once the one above is made,
 * it is what the operating system says, and no reason to begin again. Only once, since someone else may make it meanwhile.
 * @returns the topmost folder that had to be made; `undefined` if there was nothing to do.
 * @throws ModelError `CATALOG_DIR_INVALID`; else what the operating system says.
 */
export async function makeFolder(folder: string, isParentMade = false): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const obstacle = await nearestExisting(folder);
    if (!(await stat(obstacle)).isDirectory()) throw notAFolder(obstacle);
    if (obstacle === folder) return undefined;
    if (systemCode(error) !== "ENOENT" || isParentMade) throw error;
  }
  const topmost = await makeFolder(dirname(folder));
  const made = await makeFolder(folder, true);
  return topmost ?? made;
}

/**
 * Makes the names in a folder durable. Windows keeps no handle on folders, and its journal covers them. Some file
 * systems have no sync for folders (EINVAL), and a folder that may be written but not read cannot be opened for it.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemCode(error);
    if (code !== "EINVAL" && code !== "EACCES") throw error;
  }
}

/** The path itself, or the closest one above it at which something lies. */
export async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path));
}
