import { stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { catalogFailure } from "./catalog-failure.ts";
import type { CatalogLayout } from "./catalog-layout.ts";
import { keepDamaged, moveDamaged } from "./quarantine.ts";
import { type Damage, readDocument } from "./read-document.ts";
import { readEntryDocument, readRecord } from "./read-record.ts";
import { type Place, readFolder, walkEntries } from "./walk-entries.ts";
import { removeState, writeState } from "./write-record.ts";

/** What a repair did. Paths are absolute. */
export interface RepairReport {
  /** What was damaged or foreign, and where it lies now. */
  readonly quarantined: readonly { readonly path: string; readonly problem: string; readonly movedTo: string }[];
  /** What killed writers left: private files older than an hour, and states of entries that are gone. */
  readonly removed: readonly string[];
  /** Written by a newer version, and left as it is. */
  readonly newer: readonly string[];
}

/** No document takes an hour to write. */
const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Clears away whatever is not a readable record. Other processes may use the catalog meanwhile.
 * @throws ModelError `CATALOG_NOT_READABLE`, `CATALOG_NOT_WRITABLE`, `CATALOG_NO_SPACE`, `CATALOG_DIR_INVALID`
 */
export async function repairCatalog(layout: CatalogLayout): Promise<RepairReport> {
  const done: Repairs = { quarantined: [], removed: [], newer: [] };
  for await (const places of walkEntries(layout)) {
    // Entries first: the state of one that goes into quarantine has nothing left to belong to.
    for (const place of places) if (place.type === "entry") await repairEntry(layout, place.path, done);
    for (const place of places) if (place.type === "state") await repairState(layout, place, done);
    for (const place of places) if (place.type === "foreign") await clearForeign(layout, place.path, done);
  }
  await sweepTemporary(layout, done);
  return done;
}

interface Repairs extends RepairReport {
  readonly quarantined: { path: string; problem: string; movedTo: string }[];
  readonly removed: string[];
  readonly newer: string[];
}

async function repairEntry(layout: CatalogLayout, path: string, done: Repairs): Promise<void> {
  const entry = await readEntryDocument(path);
  if (entry.status === "newer") done.newer.push(path);
  if (entry.status === "damaged") noteQuarantined(entry, await moveDamaged(layout, entry), done);
}

/**
 * The state document was there when the folder was read, so its entry had been there before. If another entry is there
 * now, or none, its own is gone for good, and nobody will ask for the state again.
 */
async function repairState(layout: CatalogLayout, place: Place & { type: "state" }, done: Repairs): Promise<void> {
  const record = await readRecord(place.entryPath);
  if (record.status === "newer") {
    done.newer.push(place.path);
  } else if (record.status !== "intact" || record.nonce !== place.nonce) {
    await removeState(place.entryPath, place.nonce);
    done.removed.push(place.path);
  } else if (record.stateDamage !== undefined) {
    // As readers took it: what is lost may have said Retired.
    noteQuarantined(record.stateDamage, await keepDamaged(layout, record.stateDamage), done);
    await writeState(layout, place.entryPath, place.nonce, "Retired");
  }
}

async function clearForeign(layout: CatalogLayout, path: string, done: Repairs): Promise<void> {
  const found = await readDocument(path);
  if (found.status === "absent") return;
  if (found.status === "newer") {
    done.newer.push(path);
    return;
  }
  const damage: Damage = { ...found, status: "damaged", path, problem: "it has no place here" };
  noteQuarantined(damage, await moveDamaged(layout, damage), done);
}

function noteQuarantined({ path, problem }: Damage, movedTo: string | undefined, done: Repairs): void {
  if (movedTo !== undefined) done.quarantined.push({ path, problem, movedTo });
}

async function sweepTemporary(layout: CatalogLayout, done: Repairs): Promise<void> {
  for (const { name } of await readFolder(layout.temporary)) await sweepAbandoned(join(layout.temporary, name), done);
}

async function sweepAbandoned(path: string, done: Repairs): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs < abandonedAfterMs) return;
    await unlink(path);
    done.removed.push(path);
  } catch (error) {
    // A file that is gone meanwhile was renamed by its writer, which lives.
    if (systemCode(error) !== "ENOENT") throw catalogFailure(error, path, "write");
  }
}
