import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Environment, pythonCacheFolder } from "../environment.ts";

/** What of the Python library's cache need not be fetched again. */
export interface PythonCacheReport {
  readonly folder: string;
  /** Repositories with files of large storage. */
  readonly repositories: number;
  /** Whole files of large storage, each counted once. */
  readonly files: number;
  readonly sizeBytes: number;
}

/** Looks at the names and sizes of what is there; nothing is hashed before it is wanted. */
export async function inspectPythonCache(env: Environment): Promise<PythonCacheReport> {
  const folder = pythonCacheFolder(env);
  const names = await readdir(folder).catch(() => []);
  const sizes = new Map<string, number>();
  let repositories = 0;
  for (const name of names.filter((each) => each.startsWith("models--"))) {
    const blobs = await wholeBlobs(join(folder, name, "blobs"));
    if (blobs.length > 0) repositories += 1;
    for (const blob of blobs) sizes.set(blob.name, blob.sizeBytes);
  }
  const sizeBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { folder, repositories, files: sizes.size, sizeBytes };
}

interface Blob {
  readonly name: string;
  readonly sizeBytes: number;
}

/** What is named by a sha256; what is still on its way there has another ending. */
async function wholeBlobs(folder: string): Promise<readonly Blob[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const stats = await stat(join(folder, name)).catch(() => undefined);
      return stats?.isFile() === true ? [{ name, sizeBytes: stats.size }] : [];
    }),
  );
  return found.flat();
}
