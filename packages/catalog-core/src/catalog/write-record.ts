import { randomBytes } from "node:crypto";
import { unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { writeAtomically } from "./atomic-write.ts";
import type { CatalogEntry, Lifecycle } from "./catalog-entry.ts";
import { catalogFailure } from "./catalog-failure.ts";
import { type CatalogLayout, stateDocumentPath } from "./catalog-layout.ts";
import { syncFolder } from "./durable-folder.ts";
import { sealDocument } from "./sealed-document.ts";

/** Writes an entry document. Its nonce is new, so that the states of earlier documents of this id mean nothing to it. */
export async function writeEntry(layout: CatalogLayout, path: string, entry: CatalogEntry): Promise<void> {
  const nonce = randomBytes(16).toString("hex");
  await writeAtomically(layout.temporary, path, sealDocument({ nonce, entry }));
}

/** Sets the lifecycle of the entry document that has this nonce, and of no other. */
export async function writeState(
  layout: CatalogLayout,
  entryPath: string,
  nonce: string,
  lifecycle: Lifecycle,
): Promise<void> {
  const path = stateDocumentPath(entryPath, nonce);
  await writeAtomically(layout.temporary, path, sealDocument({ of: nonce, lifecycle }));
}

/** Removes an entry document, durably; `false` if there was none. Its state, if it has one, means nothing from here on. */
export async function removeEntry(path: string): Promise<boolean> {
  const removed = await removeDocument(path);
  if (removed) await syncFolder(dirname(path));
  return removed;
}

/** Removes the state of an entry document that is no longer there. Not synced: left behind, it would mean nothing. */
export async function removeState(entryPath: string, nonce: string): Promise<void> {
  await removeDocument(stateDocumentPath(entryPath, nonce));
}

async function removeDocument(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw catalogFailure(error, path, "write");
  }
}
