import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { downloadsFolder } from "./download-metadata.ts";

/** What lies in a download folder at a moment. */
export interface Appearing {
  /** Bytes by path in the repository, of files that are complete and of those that are on their way. */
  readonly files: ReadonlyMap<string, number>;
  readonly partials: readonly PartialFile[];
  /** How many files the CLI has compared with what the Hub has. */
  readonly notes: number;
  /** Of all there is, also of what cannot be told apart. */
  readonly totalBytes: number;
}

/** A file on its way. */
export interface PartialFile {
  /** Below the CLI's folder of downloads. */
  readonly name: string;
  readonly sizeBytes: number;
  /** What it will become, in the repository; absent when that cannot be told. */
  readonly path?: string;
  /** Of what it will become. */
  readonly etag: string;
}

/** Never fails: the CLI moves files about while this looks. */
export async function appearingFiles(folder: string): Promise<Appearing> {
  const files = new Map<string, number>();
  const partials: PartialFile[] = [];
  const owners = new Map<string, string>();
  const downloads = join(folder, downloadsFolder);
  let [notes, totalBytes] = [0, 0];
  for (const entry of await listAll(folder)) {
    if (!entry.isFile()) continue;
    const at = join(entry.parentPath, entry.name);
    const noted = pathBelow(downloads, at);
    if (noted !== undefined && !noted.endsWith(".incomplete")) {
      const path = noted.replace(/\.(?:lock|metadata)$/, "");
      for (const start of startsOfPartial(path)) owners.set(start, path);
      if (noted.endsWith(".metadata")) notes += 1;
      continue;
    }
    const sizeBytes = await sizeOf(at);
    totalBytes += sizeBytes;
    if (noted === undefined) files.set(pathBelow(folder, at) ?? entry.name, sizeBytes);
    else partials.push({ name: noted, sizeBytes, etag: etagOfPartial(noted) });
  }
  const named = partials.map((partial) => ({ ...partial, ...ownerOf(partial, owners) }));
  for (const { path, sizeBytes } of named) {
    if (path !== undefined) files.set(path, Math.max(files.get(path) ?? 0, sizeBytes));
  }
  return { files, partials: named, notes, totalBytes };
}

/** What the name of a partial begins with: to 0.25 the file's own name, since then the hash of that of its note. */
function startsOfPartial(path: string): readonly string[] {
  const slash = path.lastIndexOf("/") + 1;
  const hashed = createHash("sha1")
    .update(`${path.slice(slash)}.metadata`)
    .digest("base64url");
  return [path, `${path.slice(0, slash)}${hashed}=`];
}

/** `name.etag.incomplete`, `hash.etag.incomplete`, and from 1.18 `hash.etag.random.incomplete`. A hash has no dots; a name may. */
function ownerOf({ name }: PartialFile, owners: ReadonlyMap<string, string>): { readonly path?: string } {
  const byName = owners.get(name.replace(/\.[^./]*\.incomplete$/, ""));
  const path = byName ?? owners.get(name.replace(/\.[^/]*$/, ""));
  return path === undefined ? {} : { path };
}

function etagOfPartial(name: string): string {
  return /\.([0-9a-f]{40}|[0-9a-f]{64})\.(?:[^./]*\.)?incomplete$/.exec(name)?.[1] ?? "";
}

async function listAll(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** With `/` between segments; undefined for what is not below it. */
function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path);
  return below.startsWith("..") ? undefined : below.split(sep).join("/");
}
