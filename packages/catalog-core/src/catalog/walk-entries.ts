import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { catalogFailure, notAFolder } from "./catalog-failure.ts";
import { type CatalogLayout, isEntryFolder, parseDocumentName } from "./catalog-layout.ts";
import { nearestExisting } from "./durable-folder.ts";

/** Something that lies below `entries`. */
export type Place =
  | { readonly type: "entry"; readonly path: string }
  | { readonly type: "state"; readonly path: string; readonly entryPath: string; readonly nonce: string }
  /** Nothing that a catalog puts there. */
  | { readonly type: "foreign"; readonly path: string };

/**
 * Everything below `entries`, folder by folder; nothing where there is no catalog yet. Names that begin with a dot are
 * passed over: desktops and network file systems leave such files (`.DS_Store`, `.nfs…`).
 * @throws ModelError `CATALOG_NOT_READABLE`, `CATALOG_DIR_INVALID`
 */
export async function* walkEntries(layout: CatalogLayout): AsyncGenerator<readonly Place[]> {
  const foreign: Place[] = [];
  for (const { name, isFolder } of await readFolder(layout.entries)) {
    const folder = join(layout.entries, name);
    if (isFolder && isEntryFolder(name)) yield await placesIn(folder, name);
    else foreign.push({ type: "foreign", path: folder });
  }
  yield foreign;
}

async function placesIn(folder: string, folderName: string): Promise<readonly Place[]> {
  const found = await readFolder(folder);
  return found.map(({ name }) => {
    const path = join(folder, name);
    const parsed = parseDocumentName(folderName, name);
    if (parsed === undefined) return { type: "foreign", path };
    if (parsed.type === "entry") return { type: "entry", path };
    return { type: "state", path, entryPath: join(folder, parsed.entryName), nonce: parsed.nonce };
  });
}

/** What is in a folder; nothing if it is not there. */
export async function readFolder(
  folder: string,
): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
  try {
    const found = await readdir(folder, { withFileTypes: true });
    return found
      .filter(({ name }) => !name.startsWith("."))
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw notAFolder(await nearestExisting(folder));
    throw catalogFailure(error, folder, "read");
  }
}
