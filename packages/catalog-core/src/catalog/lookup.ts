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
 * The absolute path that an engine opens, if the model has an Active record and something of its kind lies there.
 * Neither hashes nor compares: `ensurePresent` does. Writes nothing.
 * @throws ModelError `REF_INVALID`; and those of `store.get`.
 */
export async function locate(store: CatalogStore, ref: string | ModelRef): Promise<string | undefined> {
  const entry = await find(store, ref);
  if (entry?.lifecycle !== "Active") return undefined;
  const path = entryPath(store.cacheDir, entry);
  const wanted = entry.kind === "file" || entry.entryPoint !== undefined ? "file" : "directory";
  return (await kindAt(path)) === wanted ? path : undefined;
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

/** What this user can make out at a path; `undefined` for nothing, or nothing that an engine could open. */
async function kindAt(path: string): Promise<"file" | "directory" | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return "file";
    return stats.isDirectory() ? "directory" : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "EACCES", "EPERM"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}
