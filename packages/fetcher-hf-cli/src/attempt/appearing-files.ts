import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { downloadsFolder } from "./download-metadata.ts";

/** What lies in a download folder at a moment. */
export interface Appearing {
  /** Bytes by path in the repository, of files that are complete and of those that are on their way. */
  readonly files: ReadonlyMap<string, number>;
  /** Of all there is, also of what cannot be told apart. */
  readonly totalBytes: number;
}

/** Never fails: the CLI moves files about while this looks. */
export async function appearingFiles(folder: string): Promise<Appearing> {
  const files = new Map<string, number>();
  const downloads = join(folder, downloadsFolder);
  const owners = new Map<string, string>();
  const partials: { readonly keys: readonly string[]; readonly sizeBytes: number }[] = [];
  let totalBytes = 0;
  for (const entry of await listAll(folder)) {
    if (!entry.isFile()) continue;
    const at = join(entry.parentPath, entry.name);
    const noted = pathBelow(downloads, at);
    if (noted !== undefined && !entry.name.endsWith(".incomplete")) {
      const path = noted.replace(/\.(?:lock|metadata)$/, "");
      for (const start of startsOfPartial(path)) owners.set(join(entry.parentPath, start), path);
      continue;
    }
    const sizeBytes = await sizeOf(at);
    totalBytes += sizeBytes;
    if (noted === undefined) files.set(pathBelow(folder, at) ?? entry.name, sizeBytes);
    else partials.push({ keys: keysOfPartial(entry), sizeBytes });
  }
  for (const { keys, sizeBytes } of partials) {
    const path = keys.map((key) => owners.get(key)).find((owner) => owner !== undefined);
    if (path !== undefined) files.set(path, Math.max(files.get(path) ?? 0, sizeBytes));
  }
  return { files, totalBytes };
}

/** What the name of a partial begins with: to 0.25 the file's own name, since then the hash of that of its note. */
function startsOfPartial(path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return [name, `${createHash("sha1").update(`${name}.metadata`).digest("base64url")}=`];
}

/** `name.etag.incomplete`, `hash.etag.incomplete`, and from 1.18 `hash.etag.random.incomplete`. A hash has no dots; a name may. */
function keysOfPartial({ parentPath, name }: Dirent): readonly string[] {
  return [name.replace(/\.[^.]*\.incomplete$/, ""), name.replace(/\..*$/, "")].map((start) => join(parentPath, start));
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
