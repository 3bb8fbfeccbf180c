import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type CacheUsage, measureUsage } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type DamageReport,
  type DigestText,
  entryPath,
  type FileRecord,
  FsCatalog,
} from "@llama-orch/catalog-core";
import { sha256 } from "./sources.ts";

/** A regular file, read from its first byte to its last. */
export interface SeenFile {
  /** Relative to the cache, `/` between segments. */
  readonly path: string;
  readonly inode: bigint;
  readonly links: number;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly mode: number;
  readonly digest: DigestText;
}

/** All that is in a cache, while nothing runs. */
export interface Seen {
  readonly cacheDir: string;
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  readonly files: ReadonlyMap<string, SeenFile>;
  /** Relative to the cache. */
  readonly folders: readonly string[];
  readonly usage: CacheUsage;
  /** What the catalog cannot read. */
  readonly damages: readonly DamageReport[];
}

export async function lookAt(cacheDir: string): Promise<Seen> {
  const damages: DamageReport[] = [];
  const entries = new Map<string, CatalogEntry>();
  const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => damages.push(report) });
  for await (const entry of catalog.list()) entries.set(entry.id, entry);
  const files = new Map<string, SeenFile>();
  const folders: string[] = [];
  for (const found of readdirSync(cacheDir, { recursive: true, withFileTypes: true })) {
    const absolutePath = join(found.parentPath, found.name);
    const path = relative(cacheDir, absolutePath).split(sep).join("/");
    if (found.isDirectory()) folders.push(path);
    else files.set(path, seenFile(absolutePath, path));
  }
  return { cacheDir, entries, files, folders, usage: await measureUsage(catalog), damages };
}

export function seenFile(absolutePath: string, path: string): SeenFile {
  const { ino, nlink, size, mtimeNs, mode } = lstatSync(absolutePath, { bigint: true });
  return {
    path,
    inode: ino,
    links: Number(nlink),
    sizeBytes: Number(size),
    mtimeNs,
    mode: Number(mode) & 0o777,
    digest: sha256(readFileSync(absolutePath)),
  };
}

/** A file that an entry names, and what is there of it. */
export interface NamedFile {
  readonly record: FileRecord;
  readonly file: SeenFile | undefined;
}

/** The files of a managed entry. Nothing for an external one. */
export function filesOf(entry: CatalogEntry, seen: Seen): readonly NamedFile[] {
  if (entry.location === "external") return [];
  return entry.files.map((record) => {
    const path = entry.kind === "file" ? entry.localPath : `${entry.localPath}/${record.path}`;
    return { record, file: seen.files.get(path) };
  });
}

/** Whether the bytes of an entry are all there, whatever their times say. */
export function isWhole(entry: CatalogEntry, seen: Seen): boolean {
  if (entry.location === "external") return digestAt(entryPath(seen.cacheDir, entry)) === entry.digest;
  return filesOf(entry, seen).every(({ record, file }) => file?.digest === record.digest);
}

/** Content on the disk, each file once: of models, of arrivals, and of what was set aside; without what is noted about them. */
export function contentOf({ files }: Seen): readonly SeenFile[] {
  const content = [...files.values()].filter(
    ({ path }) => /^(?:models|blobs|ingest|damaged)\//.test(path) && !path.endsWith("/.id"),
  );
  return [...new Map(content.map((file) => [file.inode, file])).values()];
}

export function bytesIn(seen: Seen): number {
  return contentOf(seen).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

export function digestAt(absolutePath: string): DigestText | undefined {
  const bytes = readIfThere(absolutePath);
  return bytes && sha256(bytes);
}

export function readIfThere(absolutePath: string): Buffer | undefined {
  try {
    return readFileSync(absolutePath);
  } catch {
    return undefined;
  }
}
