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
  let totalBytes = 0;
  const downloads = join(folder, downloadsFolder);
  const partials: { readonly folder: string; readonly name: string; readonly sizeBytes: number }[] = [];
  const names = new Map<string, string>();
  for (const entry of await listAll(folder)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const sizeBytes = await sizeOf(path);
    totalBytes += sizeBytes;
    const inDownloads = relativeTo(downloads, path);
    if (inDownloads === undefined) {
      files.set(relativeTo(folder, path) ?? entry.name, sizeBytes);
    } else if (entry.name.endsWith(".incomplete")) {
      partials.push({ folder: entry.parentPath, name: entry.name, sizeBytes });
    } else {
      const file = inDownloads.replace(/\.(?:lock|metadata)$/, "");
      for (const start of namesOfPartial(file)) names.set(join(entry.parentPath, start), file);
    }
  }
  for (const partial of partials) {
    const start = partial.name.slice(0, partial.name.indexOf("."));
    const longest = [...names.keys()].find((each) => join(partial.folder, partial.name).startsWith(`${each}.`));
    const file = names.get(join(partial.folder, start)) ?? names.get(longest ?? "");
    if (file !== undefined) files.set(file, Math.max(files.get(file) ?? 0, partial.sizeBytes));
  }
  return { files, totalBytes };
}

/** What the name of a partial begins with: the file's own name (to 0.25), or the hash of that of its note. */
function namesOfPartial(path: string): readonly string[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const hashed = createHash("sha1").update(`${name}.metadata`).digest("base64url");
  return [name, hashed, `${hashed}=`];
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
function relativeTo(folder: string, path: string): string | undefined {
  const below = relative(folder, path);
  return below.startsWith("..") ? undefined : below.split(sep).join("/");
}
