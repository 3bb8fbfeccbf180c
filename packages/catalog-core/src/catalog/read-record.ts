import { basename } from "node:path";
import type { CatalogEntry, Lifecycle } from "./catalog-entry.ts";
import { entryDocumentName, stateDocumentPath } from "./catalog-layout.ts";
import { type Damage, type DocumentReading, readDocument, withDocument } from "./read-document.ts";

/** What the catalog has of one id: its entry document, and its state document if there is one. */
export type RecordReading =
  | { readonly status: "absent" }
  | {
      readonly status: "intact";
      readonly entry: CatalogEntry;
      /** Of the entry document: fresh at every `put`, so that no two documents share one. */
      readonly nonce: string;
      /** The state document is damaged: the entry counts as Retired, since what is lost may have said so. */
      readonly stateDamage?: Damage;
    }
  | { readonly status: "newer"; readonly path: string; readonly schema: number }
  | Damage;

/**
 * Reads the record whose entry document is at `path`.
 *
 * The lifecycle may lie in a second document, so that it is changed without rewriting the entry. That takes no lock,
 * because a state document carries the nonce of its entry document in its name, and says nothing of any other:
 *
 * - `setState` reads entry *n*, a `put` writes entry *m*, `setState` writes the state of *n*: nobody asks for that any
 *   more. The outcome is that of `setState`, then `put`.
 * - `put` writes entry *m*, `setState` reads it and writes the state of *m*: `put`, then `setState`. A slower `setState`
 *   that had read *n* writes another file, and cannot overwrite this one.
 * - `delete` unlinks the entry document, `setState` writes the state of *n*: a state without an entry is no record, and a
 *   later `put` has another nonce. Nothing comes back.
 *
 * One race is left to the reader. `put` and `delete` remove the state of the entry that they replace. A reader that has
 * read entry *n*, and then finds no state, cannot tell "never set" from "removed since"; in the second case the lifecycle
 * in the entry is outdated. So it looks whether *n* still is the entry there. If it is, its state was not removed, as that
 * happens only afterwards. If not, it starts over. If it then meets *n* again, *n* had been current all the time (a nonce
 * never returns), and the answer stands; else another `put` has been completed meanwhile. So this ends: a round takes a
 * fraction of what a `put` takes.
 *
 * @throws ModelError `CATALOG_NOT_READABLE`, `CATALOG_DIR_INVALID`
 */
export async function readRecord(path: string): Promise<RecordReading> {
  let previousNonce: string | undefined;
  for (;;) {
    const record = await withDocument(path, async (document, isCurrent) => {
      const read = asEntryDocument(document, path);
      if (read.status !== "intact") return read;
      const state = await readState(path, read.nonce);
      if (state.status !== "absent" || read.nonce === previousNonce || (await isCurrent())) {
        return withState(read, state);
      }
      previousNonce = read.nonce;
      return undefined;
    });
    if (record !== undefined) return record;
  }
}

/** The entry document alone, whatever its state is. */
export async function readEntryDocument(path: string): Promise<RecordReading> {
  return asEntryDocument(await readDocument(path), path);
}

type StateReading = Exclude<DocumentReading, { status: "intact" }> | { status: "intact"; lifecycle: Lifecycle };

async function readState(entryPath: string, nonce: string): Promise<StateReading> {
  const path = stateDocumentPath(entryPath, nonce);
  const document = await readDocument(path);
  if (document.status !== "intact") return document;
  const { body, bytes } = document;
  if (isStateBody(body) && body.of === nonce) return { status: "intact", lifecycle: body.lifecycle };
  return { status: "damaged", path, problem: "it is whole, but belongs elsewhere", bytes };
}

function withState(record: RecordReading & { status: "intact" }, state: StateReading): RecordReading {
  switch (state.status) {
    case "absent":
      return record;
    case "intact":
      return { ...record, entry: { ...record.entry, lifecycle: state.lifecycle } };
    case "damaged":
      return { ...record, entry: { ...record.entry, lifecycle: "Retired" }, stateDamage: state };
    case "newer":
      return state;
  }
}

function asEntryDocument(document: DocumentReading, path: string): RecordReading {
  if (document.status !== "intact") return document;
  const { body, bytes } = document;
  if (isEntryBody(body) && entryDocumentName(body.entry.id) === basename(path))
    return { status: "intact", entry: body.entry, nonce: body.nonce };
  return { status: "damaged", path, problem: "it is whole, but belongs elsewhere", bytes };
}

/** The seal holds: this is what `writeEntry` wrote, or a document of the other kind under a wrong name. */
function isEntryBody(body: unknown): body is { readonly nonce: string; readonly entry: CatalogEntry } {
  return typeof body === "object" && body !== null && "nonce" in body && "entry" in body;
}

/** The seal holds: this is what `writeState` wrote, or a document of the other kind under a wrong name. */
function isStateBody(body: unknown): body is { readonly of: string; readonly lifecycle: Lifecycle } {
  return typeof body === "object" && body !== null && "of" in body && "lifecycle" in body;
}
