import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
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
  /** What the catalog cannot read. */
  readonly damages: readonly DamageReport[];
}

export async function lookAt(cacheDir: string): Promise<Seen> {
  const damages: DamageReport[] = [];
  const entries = new Map<string, CatalogEntry>();
  const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => damages.push(report) });
  for await (const entry of catalog.list()) entries.set(entry.id, entry);
  const found = readdirSync(cacheDir, { recursive: true, withFileTypes: true });
  const pathOf = (path: string): string => relative(cacheDir, path).split(sep).join("/");
  const files = new Map<string, SeenFile>();
  const folders: string[] = [];
  for (const { parentPath, name, ...entry } of found.map((each) =>
    Object.assign(each, { isFolder: each.isDirectory() }),
  )) {
    const path = pathOf(join(parentPath, name));
    if (entry.isFolder) folders.push(path);
    else files.set(path, seenFile(join(parentPath, name), path));
  }
  return { cacheDir, entries, files, folders, damages };
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

/** The files of a managed entry that are there, each with its record. Nothing for an external one. */
export function filesOf(
  entry: CatalogEntry,
  seen: Seen,
): readonly { record: FileRecord; file: SeenFile | undefined }[] {
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
