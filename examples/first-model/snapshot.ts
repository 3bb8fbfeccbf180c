import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** Every file below a folder with the time of its last modification, in ns since 1970. */
export type Snapshot = ReadonlyMap<string, bigint>;

export async function snapshot(folder: string): Promise<Snapshot> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [relative(folder, file), (await stat(file, { bigint: true })).mtimeNs] as const),
    ),
  );
}

/** The files that are new or were written in between. */
export function modifiedSince(before: Snapshot, after: Snapshot): string[] {
  return [...after].filter(([path, mtimeNs]) => before.get(path) !== mtimeNs).map(([path]) => path);
}
