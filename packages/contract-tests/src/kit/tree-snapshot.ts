import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What lies below a folder, by relative path with `/`: enough to see that something was made, changed or removed. */
export type TreeSnapshot = Readonly<Record<string, string>>;

/** @param leftOut relative paths to leave out. */
export async function treeSnapshot(root: string, leftOut?: RegExp): Promise<TreeSnapshot> {
  const snapshot: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const absolutePath = join(entry.parentPath, entry.name);
    const path = relative(root, absolutePath).replaceAll(sep, "/");
    if (leftOut?.test(path) === true) continue;
    const { size, mtimeNs, mode } = await lstat(absolutePath, { bigint: true });
    // A folder's time and size tell no more than the names in it, and differ between file systems.
    snapshot[path] = entry.isDirectory() ? "folder" : `${size} bytes, mtime ${mtimeNs} ns, mode ${mode.toString(8)}`;
  }
  return snapshot;
}
