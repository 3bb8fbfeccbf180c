import { isAbsolute, join, relative, sep } from "node:path";
import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";

/** What entries say of the files below a cache. */
export interface References {
  readonly entries: readonly CatalogEntry[];
  /**
   * The ids of the entries that need what lies at a path: their files lie there, below it, or are a folder that it is in.
   * @param path absolute, at least two names below the cache root.
   */
  usersOf(path: string): readonly string[];
}

/** @throws ModelError of `CatalogStore.list`; `signal.reason` untouched when aborted. */
export async function readReferences(catalog: CatalogStore, signal?: AbortSignal): Promise<References> {
  const entries: CatalogEntry[] = [];
  for await (const entry of catalog.list()) {
    signal?.throwIfAborted();
    entries.push(entry);
  }
  return referencesOf(catalog.cacheDir, entries);
}

export function referencesOf(cacheDir: string, entries: readonly CatalogEntry[]): References {
  const at = new Map<string, string[]>(); // ids by the paths of the entries
  const above = new Map<string, string[]>(); // ids by the folders above those
  for (const entry of entries) {
    for (const path of pathsInside(cacheDir, entry)) {
      note(at, path, entry.id);
      for (const folder of foldersAbove(path)) note(above, folder, entry.id);
    }
  }
  return {
    entries,
    usersOf(path) {
      const asked = cachePath(cacheDir, path);
      return [asked, ...foldersAbove(asked)].flatMap((each) => at.get(each) ?? []).concat(above.get(asked) ?? []);
    },
  };
}

/** Relative to the cache root, `/` between segments. */
export function cachePath(cacheDir: string, path: string): string {
  return relative(cacheDir, path).replaceAll(sep, "/");
}

/** Where an entry's files lie, by `cachePath`; nothing for those that lie elsewhere. */
function pathsInside(cacheDir: string, { location, kind, localPath, files }: CatalogEntry): readonly string[] {
  if (location === "managed") return [localPath];
  const isAround = kind === "directory" && isInside(localPath, cacheDir);
  const paths = isAround ? files.map(({ path }) => join(localPath, path)) : [localPath];
  return paths.filter((path) => isInside(cacheDir, path)).map((path) => cachePath(cacheDir, path));
}

function isInside(folder: string, path: string): boolean {
  const below = relative(folder, path);
  return below.split(sep)[0] !== ".." && !isAbsolute(below);
}

/** Without the topmost, which is never asked about and would have every id. */
function foldersAbove(path: string): readonly string[] {
  const segments = path.split("/").slice(0, -1);
  return segments.slice(1).map((_, index) => segments.slice(0, index + 2).join("/"));
}

function note(ids: Map<string, string[]>, path: string, id: string): void {
  const known = ids.get(path);
  if (known === undefined) ids.set(path, [id]);
  else known.push(id);
}
