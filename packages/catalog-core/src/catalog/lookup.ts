import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join, posix, win32 } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { modelId } from "../model-ref/model-id.ts";
import type { ModelRef } from "../model-ref/model-ref.ts";
import { parseModelRef } from "../model-ref/parse-model-ref.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { CatalogStore } from "./catalog-store.ts";

/**
 * Whether the catalog has an Active record of a model. Looks at no model file, and writes nothing.
 * @param idOrRef an id, a reference as a person writes it, or a parsed one.
 * @throws ModelError `REF_INVALID` for text that is neither; and those of `store.get`.
 */
export async function exists(store: CatalogStore, idOrRef: string | ModelRef): Promise<boolean> {
  return (await find(store, idOrRef))?.lifecycle === "Active";
}

/**
 * The absolute path that an engine opens, if the model has an Active record and one look at that path fits it: a file
 * has the recorded size, a directory without an entry point is a directory. Of a directory with an entry point, only
 * that file is looked at. Neither times nor content are compared: `ensurePresent` does that. Writes nothing.
 * @throws ModelError `REF_INVALID`; and those of `store.get`.
 */
export async function locate(store: CatalogStore, ref: string | ModelRef): Promise<string | undefined> {
  const entry = await find(store, ref);
  if (entry?.lifecycle !== "Active") return undefined;
  const path = entryPath(store.cacheDir, entry);
  const sizeBytes = openedSize(entry);
  const stats = await statsAt(path);
  const fits = sizeBytes === undefined ? stats?.isDirectory() : stats?.isFile() && stats.size === sizeBytes;
  return fits === true ? path : undefined;
}

/** The absolute path that an engine opens: the entry point of a directory that has one, else the file or directory itself. */
export function entryPath(
  cacheDir: string,
  entry: Pick<CatalogEntry, "location" | "localPath" | "entryPoint">,
): string {
  const { location, localPath, entryPoint } = entry;
  if (location === "managed") return join(cacheDir, localPath, entryPoint ?? "");
  if (entryPoint === undefined) return localPath;
  return (localPath.startsWith("/") ? posix : win32).join(localPath, entryPoint);
}

/** An id is its own canonical form, so most calls are answered by the first look. */
async function find(store: CatalogStore, idOrRef: string | ModelRef): Promise<CatalogEntry | undefined> {
  if (typeof idOrRef !== "string") return store.get(modelId(idOrRef));
  return (await store.get(idOrRef)) ?? store.get(modelId(parseModelRef(idOrRef)));
}

/** Of the file that an engine opens; `undefined` where it opens a directory. */
function openedSize({ kind, entryPoint, sizeBytes, files }: CatalogEntry): number | undefined {
  if (kind === "file") return sizeBytes;
  return files.find(({ path }) => path === entryPoint)?.sizeBytes;
}

/** `undefined` where there is nothing, or nothing that this user can make out. */
async function statsAt(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}
