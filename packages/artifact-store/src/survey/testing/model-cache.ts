import { appendFile, lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CatalogEntry, type CatalogStore, directoryDigest, FsCatalog } from "@llama-orch/catalog-core";
import { idHash, modelFolderName } from "../../cache-layout.ts";
import { type Files, type TestCache, testCache } from "../../testing/test-cache.ts";

/** A cache folder of one test, with a catalog. */
export interface ModelCache extends TestCache {
  readonly catalog: FsCatalog;
  /** Publishes files and puts them on record, Active unless `changes` say otherwise. */
  add(id: string, files: Files, changes?: Partial<CatalogEntry>): Promise<CatalogEntry>;
  /** Writes a file at a path relative to the cache root. */
  write(path: string, content?: string): Promise<void>;
  /** The folder of a model, relative to the cache root. */
  folderOf(id: string): string;
  /** Name of an ingest of a model, which is owned by whoever has the model's lock; relative to the cache root. */
  ingestOf(id: string): string;
  /** Makes the record of an id unreadable: it has a byte too many. */
  damageRecord(id: string): Promise<void>;
  /** All paths below the cache but the locks and the catalog, relative to its root, sorted. */
  paths(): Promise<readonly string[]>;
}

export async function modelCache(): Promise<ModelCache> {
  const cache = await testCache();
  const { cacheDir } = cache;
  const catalog = new FsCatalog(cacheDir);
  return {
    ...cache,
    catalog,
    async add(id, files, changes = {}) {
      const entry = { ...entryOf(id, await cache.publish(id, files)), ...changes };
      await catalog.put(entry);
      return entry;
    },
    async write(path, content = path) {
      await mkdir(dirname(join(cacheDir, path)), { recursive: true });
      await writeFile(join(cacheDir, path), content);
    },
    folderOf: (id) => `models/${modelFolderName(id)}`,
    ingestOf: (id) => `ingest/${idHash(id)}-0123abcd`,
    async damageRecord(id) {
      await appendFile(await recordPath(cacheDir, id), "}");
    },
    async paths() {
      const found = await readdir(cacheDir, { recursive: true });
      return found.filter((path) => !/^(catalog|locks)/.test(path)).toSorted((a, b) => (a < b ? -1 : 1));
    },
  };
}

export function entryOf(id: string, published: Pick<CatalogEntry, "localPath" | "files">): CatalogEntry {
  const now = Date.now();
  return {
    id,
    location: "managed",
    localPath: published.localPath,
    lifecycle: "Active",
    kind: "directory",
    sizeBytes: published.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    digest: directoryDigest(published.files),
    trust: "unverified",
    lastVerifiedMs: now,
    files: published.files,
    provenance: {
      reference: id,
      source: id,
      fetcher: "test",
      fetcherVersion: "1.0.0",
      toolVersion: "1.0.0",
      startedMs: now,
      finishedMs: now,
      movedBytes: 0,
      reusedBytes: 0,
    },
  };
}

/** An entry of a file that is used in place. */
export async function externalEntry(id: string, path: string): Promise<CatalogEntry> {
  const { size } = await lstat(path);
  const digest = `sha256:${"ab".repeat(32)}` as const;
  const files = [{ path: "model.gguf", sizeBytes: size, digest }];
  return { ...entryOf(id, { localPath: path, files }), location: "external", kind: "file", digest };
}

/** The document of an id, however the catalog names it. */
export async function recordPath(cacheDir: string, id: string): Promise<string> {
  const entries = join(cacheDir, "catalog", "entries");
  const found = await readdir(entries, { recursive: true, withFileTypes: true });
  for (const each of found.filter((file) => file.isFile())) {
    const path = join(each.parentPath, each.name);
    if ((await readFile(path, "utf8")).includes(JSON.stringify(id))) return path;
  }
  throw new Error(`There is no record of ${id}.`);
}

/**
 * Everything about a tree that a write would change: names, content, times of modification and change, inodes, modes,
 * numbers of links, those of the folders included.
 */
export async function treeSnapshot(root: string): Promise<readonly string[]> {
  const paths = await readdir(root, { recursive: true });
  return Promise.all(
    [".", ...paths].map(async (path) => {
      const stats = await lstat(join(root, path), { bigint: true });
      const content = stats.isFile() ? await readFile(join(root, path), "base64") : "";
      return [path, stats.ino, stats.mode, stats.nlink, stats.mtimeNs, stats.ctimeNs, content].join(" ");
    }),
  );
}

/** The same store, but for some of its methods. */
export function storeLike(catalog: CatalogStore, methods: Partial<CatalogStore>): CatalogStore {
  return {
    cacheDir: catalog.cacheDir,
    get: (id) => catalog.get(id),
    put: (entry) => catalog.put(entry),
    setState: (id, state) => catalog.setState(id, state),
    list: () => catalog.list(),
    isUnreadable: async (id) => (await catalog.isUnreadable?.(id)) ?? false,
    delete: (id) => catalog.delete(id),
    ...methods,
  };
}
