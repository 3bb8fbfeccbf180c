import { isAbsolute, resolve } from "node:path";
import { callListener } from "../events/call-listener.ts";
import { catalogError, type CatalogErrorCode } from "../errors/catalog-errors.ts";
import { isModelError, type ModelError } from "../errors/model-error.ts";
import type { CatalogEntry, Lifecycle } from "./catalog-entry.ts";
import { newerSchema } from "./catalog-failure.ts";
import { type CatalogLayout, catalogLayout, entryDocumentPath } from "./catalog-layout.ts";
import type { CatalogStore } from "./catalog-store.ts";
import { expectEntries, loadEntryParser } from "./entry-parser.ts";
import { keepDamaged } from "./quarantine.ts";
import { assertLifecycle, entryJson, notAnId } from "./misuse.ts";
import type { Damage } from "./read-document.ts";
import { readEntryDocument, type RecordReading, readRecord } from "./read-record.ts";
import { repairCatalog, type RepairReport } from "./repair.ts";
import { supportedSchema } from "./sealed-document.ts";
import { walkEntries } from "./walk-entries.ts";
import { removeEntry, removeState, writeEntry, writeState } from "./write-record.ts";

export interface FsCatalogOptions {
  /**
   * Told of everything that should be a record and cannot be read, whenever someone comes across it. What it throws,
   * or rejects with, changes nothing.
   * @default says nothing
   */
  readonly onDamaged?: (report: DamageReport) => unknown;
}

/** Something in the catalog's folders that is no readable record. */
export interface DamageReport {
  /** Absolute path. */
  readonly path: string;
  /** A clause about the file: `it is empty`. */
  readonly problem: string;
  /** A sentence that says what to do, where it is not to `repair`. */
  readonly hint?: string;
}

/**
 * The catalog in a folder: one JSON document an entry below `<cacheDir>/catalog/`, so that an entry is read and written
 * without touching the others, however many there are. Safe for many processes at once, without locks (see `readRecord`).
 * Reading writes nothing. A damaged document is reported, counts as absent, and goes into `catalog/quarantine/` before
 * anything takes its place; the other entries do not suffer. A document of a newer schema is never touched.
 *
 * Besides what `CatalogStore` says, every method throws ModelError `CATALOG_NOT_READABLE`, `CATALOG_DIR_INVALID`, and, for
 * a record that a newer version wrote, `CATALOG_SCHEMA_NEWER`.
 */
export class FsCatalog implements CatalogStore {
  readonly cacheDir: string;
  readonly #layout: CatalogLayout;
  readonly #onDamaged: (report: DamageReport) => unknown;

  /**
   * Touches no file; the folder is made by the first `put`.
   * @param cacheDir absolute path of the cache root.
   * @throws ModelError `CATALOG_DIR_INVALID`
   */
  constructor(cacheDir: string, options: FsCatalogOptions = {}) {
    if (typeof cacheDir !== "string" || !isAbsolute(cacheDir) || cacheDir.includes("\0")) throw notAbsolute(cacheDir);
    this.cacheDir = resolve(cacheDir);
    this.#layout = catalogLayout(this.cacheDir);
    this.#onDamaged = options.onDamaged ?? (() => {});
  }

  async get(id: string): Promise<CatalogEntry | undefined> {
    const record = await this.#read(this.#pathOf(id));
    if (record.status === "intact") return record.entry;
    expectEntries();
    return undefined;
  }

  async put(entry: CatalogEntry): Promise<void> {
    // Read before anything is awaited: what is checked is what is written, whatever becomes of the caller's object.
    const json = entryJson(entry);
    const { parseEntry } = await loadEntryParser();
    const checked = parseEntry(json);
    const path = this.#pathOf(checked.id);
    const replaced = await this.#read(path);
    await this.#keepDamaged(replaced);
    await writeEntry(this.#layout, path, checked);
    if (replaced.status === "intact") await removeState(path, replaced.nonce);
  }

  async setState(id: string, state: Lifecycle): Promise<void> {
    assertLifecycle(id, state);
    const path = this.#pathOf(id);
    const record = await this.#read(path);
    if (record.status !== "intact") throw notFound(id);
    await this.#keepDamaged(record);
    await writeState(this.#layout, path, record.nonce, state);
    // A put or a delete may have come between, and found no state to remove yet.
    const current = await readEntryDocument(path);
    if (current.status !== "intact" || current.nonce !== record.nonce) await removeState(path, record.nonce);
  }

  async *list(): AsyncGenerator<CatalogEntry, void, undefined> {
    for await (const places of walkEntries(this.#layout)) {
      for (const { type, path } of places) {
        if (type === "foreign") this.#report({ path, problem: "it has no place here" });
      }
      const paths = places.filter(({ type }) => type === "entry").map(({ path }) => path);
      for (let next = 0; next < paths.length; next += readAhead) {
        const entries = await Promise.all(paths.slice(next, next + readAhead).map((path) => this.#readListed(path)));
        yield* entries.filter((entry) => entry !== undefined);
      }
    }
  }

  async isUnreadable(id: string): Promise<boolean> {
    const record = await readRecord(this.#pathOf(id));
    return record.status === "damaged" || record.status === "newer" || damagesOf(record).length > 0;
  }

  async delete(id: string): Promise<boolean> {
    const path = this.#pathOf(id);
    const record = await this.#read(path);
    if (record.status === "absent") return false;
    await this.#keepDamaged(record);
    const removed = await removeEntry(path);
    if (record.status === "intact") await removeState(path, record.nonce);
    return removed || record.status === "damaged";
  }

  /**
   * Moves whatever is damaged or foreign into `catalog/quarantine/`, and removes what killed writers left behind.
   * Other processes may use the catalog meanwhile.
   * @throws ModelError `CATALOG_NOT_WRITABLE`, `CATALOG_NO_SPACE`
   */
  async repair(): Promise<RepairReport> {
    return repairCatalog(this.#layout);
  }

  #pathOf(id: string): string {
    if (typeof id !== "string") throw notAnId(id);
    return entryDocumentPath(this.#layout, id);
  }

  async #read(path: string): Promise<ReadableRecord> {
    const record = await readRecord(path);
    if (record.status === "newer") throw newerSchema(record.path, record.schema);
    for (const { path: damaged, problem } of damagesOf(record)) this.#report({ path: damaged, problem });
    return record;
  }

  /** One record that cannot be read is no reason to withhold the others. */
  async #readListed(path: string): Promise<CatalogEntry | undefined> {
    try {
      const record = await this.#read(path);
      return record.status === "intact" ? record.entry : undefined;
    } catch (error) {
      if (!isModelError(error)) throw error;
      const schema = error.facts["schema"];
      const problem =
        isModelError(error, "CATALOG_SCHEMA_NEWER") && typeof schema === "number"
          ? `it was written in schema ${schema}, and this version knows ${supportedSchema}`
          : `it cannot be used: ${error.message.replace(/\.$/, "")}`;
      this.#report({ path, problem, hint: error.hint });
      return undefined;
    }
  }

  #report(report: DamageReport): void {
    callListener(this.#onDamaged, report);
  }

  async #keepDamaged(record: ReadableRecord): Promise<void> {
    for (const damage of damagesOf(record)) await keepDamaged(this.#layout, damage);
  }
}

type ReadableRecord = Exclude<RecordReading, { status: "newer" }>;

/** Records read side by side by `list`: enough to keep the thread pool busy. */
const readAhead = 16;

function damagesOf(record: ReadableRecord): readonly Damage[] {
  if (record.status === "damaged") return [record];
  return record.status === "intact" && record.stateDamage !== undefined ? [record.stateDamage] : [];
}

function notFound(id: string): ModelError<CatalogErrorCode> {
  return catalogError("ENTRY_NOT_FOUND", {
    message: `The catalog has no record of ${JSON.stringify(id)}.`,
    hint: "List the catalog to see the ids that it has.",
    facts: { id },
  });
}

function notAbsolute(cacheDir: string): ModelError<CatalogErrorCode> {
  return catalogError("CATALOG_DIR_INVALID", {
    message: `The cache folder ${JSON.stringify(cacheDir)} is not an absolute path.`,
    hint: "Give the whole path of the cache folder, from the root on.",
    facts: { path: cacheDir },
  });
}
