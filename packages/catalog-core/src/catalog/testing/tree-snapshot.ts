import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Everything about a tree that a write would change: names, content, times of modification and change, inodes, modes,
 * those of the folders included. It proves that nothing was written even where permissions stop nobody, as with root.
 */
export async function treeSnapshot(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true });
  return Promise.all([".", ...names].toSorted().map(async (name) => line(root, name)));
}

async function line(root: string, name: string): Promise<string> {
  const stats = await lstat(join(root, name), { bigint: true });
  const content = stats.isFile() ? await readFile(join(root, name), "base64") : "";
  return [name, stats.ino, stats.mode, stats.nlink, stats.mtimeNs, stats.ctimeNs, content].join(" ");
}
