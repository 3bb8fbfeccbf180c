import { lstat, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Removes files that are where folders are to be, above a path. @param root stays, whatever it is. */
export async function clearAbove(path: string, root: string): Promise<void> {
  for (let above = dirname(path); above.length > root.length; above = dirname(above)) {
    const stats = await lstat(above).catch(() => undefined);
    if (stats?.isDirectory() === true) return;
    if (stats !== undefined) await rm(above, { force: true });
  }
}

export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() === true;
}
