import { hash } from "node:crypto";
import { basename, dirname, join } from "node:path";

/**
 * Where the files of a catalog lie:
 *
 *     <cacheDir>/catalog/
 *       entries/<hh>/<sha256 of the id>.json                  the entry document; `hh` are the first two digits
 *       entries/<hh>/<sha256 of the id>.<nonce>.state.json    its lifecycle, once it was set apart from the entry
 *       tmp/                                                  documents being written
 *       quarantine/                                           what was damaged or foreign, as it was found
 *
 * A hash for a name: any id will do, no two meet, not even where file names ignore case, and none can climb.
 */
export interface CatalogLayout {
  readonly root: string;
  readonly entries: string;
  readonly temporary: string;
  readonly quarantine: string;
}

export function catalogLayout(cacheDir: string): CatalogLayout {
  const root = join(cacheDir, "catalog");
  return {
    root,
    entries: join(root, "entries"),
    temporary: join(root, "tmp"),
    quarantine: join(root, "quarantine"),
  };
}

/** Path of the entry document of an id. */
export function entryDocumentPath(layout: CatalogLayout, id: string): string {
  const name = entryDocumentName(id);
  return join(layout.entries, name.slice(0, 2), name);
}

/**
 * The id as UTF-8, hashed: `printf %s "$id" | sha256sum` finds the document by hand. Half a surrogate pair has no UTF-8;
 * an id with one is hashed as UTF-16, lest it share a name with every other such id.
 */
export function entryDocumentName(id: string): string {
  const hex = /\p{Surrogate}/u.test(id) ? hash("sha256", Buffer.from(id, "utf16le")) : hash("sha256", id);
  return `${hex}.json`;
}

/** Path of the state document that goes with the entry document of this nonce, and with no other. */
export function stateDocumentPath(entryPath: string, nonce: string): string {
  return join(dirname(entryPath), `${basename(entryPath, ".json")}.${nonce}.state.json`);
}

export type DocumentName =
  | { readonly type: "entry" }
  | { readonly type: "state"; readonly entryName: string; readonly nonce: string };

/** What a file name in a folder of entries stands for; `undefined` for one that this catalog never gives. */
export function parseDocumentName(folder: string, name: string): DocumentName | undefined {
  const [, stem, nonce] = /^([0-9a-f]{64})(?:\.([0-9a-f]{32})\.state)?\.json$/.exec(name) ?? [];
  if (stem === undefined || !stem.startsWith(folder)) return undefined;
  return nonce === undefined ? { type: "entry" } : { type: "state", entryName: `${stem}.json`, nonce };
}

/** Names of the folders below `entries`. */
export function isEntryFolder(name: string): boolean {
  return /^[0-9a-f]{2}$/.test(name);
}
