import { readFile } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { formatDigest, parseDigest } from "../digest/digest.ts";
import { catalogError, type CatalogErrorCode } from "../errors/catalog-errors.ts";
import { fileErrorFrom, systemCode } from "../errors/file-errors.ts";
import { isModelError, type ModelError } from "../errors/model-error.ts";
import { modelId } from "../model-ref/model-id.ts";
import { parseModelRef } from "../model-ref/parse-model-ref.ts";
import { redactText } from "../redact/redact.ts";
import type { CatalogEntry, Provenance } from "./catalog-entry.ts";
import { catalogFailure } from "./catalog-failure.ts";
import type { CatalogStore } from "./catalog-store.ts";
import type { IndexEntry } from "./index-entry-schema.ts";

/** What lies at a path, bit by bit: how an entry of this catalog describes it. */
export type ModelDescription = Pick<CatalogEntry, "kind" | "sizeBytes" | "files" | "digest">;

export interface ImportOptions {
  /**
   * Hashes the file or folder at an absolute path.
   * @throws ModelError for a path that it cannot describe; `signal.reason` untouched when aborted.
   */
  readonly describe: (path: string, signal?: AbortSignal) => Promise<ModelDescription>;
  /** Version of the program that imports, for the record. */
  readonly toolVersion: string;
  /** ms since 1970. @default Date.now */
  readonly now?: () => number;
  readonly signal?: AbortSignal;
}

export interface ImportReport {
  /** Ids that the catalog has now, in their canonical form. */
  readonly imported: readonly string[];
  /** What was left out and why, each by the id that the index has for it, redacted. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Takes over the catalog of the original system: `index.json`, a map from id to `{ id, local_path, lifecycle: "Active" |
 * "Retired", digest: null | { algo, value }, last_verified_ms }`. Its files stay where they are, as external models.
 *
 * Nothing is believed that cannot be proved now: each file is hashed. One with a recorded sha256 that matches becomes
 * `verified`, one without a digest `unverified`; where the digest differs or cannot be compared, or the file is missing,
 * the entry is skipped, and so is an id that the store has already. No entry stops the others.
 *
 * @throws ModelError `FILE_NOT_FOUND` for a file that is missing; `INDEX_INVALID` for one that is blank, torn, a folder or
 * something else: never an empty catalog; `CATALOG_NOT_READABLE`; and those of the store, except `ENTRY_INVALID`. `signal.reason` untouched when aborted.
 */
export async function importIndex(file: string, store: CatalogStore, options: ImportOptions): Promise<ImportReport> {
  const { readIndexEntry } = await import("./index-entry-schema.ts");
  const imported: string[] = [];
  const skipped: { id: string; reason: string }[] = [];
  for (const [key, value] of Object.entries(await readIndex(file))) {
    options.signal?.throwIfAborted();
    const found = readIndexEntry(value);
    const outcome = typeof found === "string" ? { reason: found } : await importEntry(key, found, store, options);
    if ("id" in outcome) imported.push(outcome.id);
    else skipped.push({ id: redactText(key), reason: redactText(outcome.reason) });
  }
  return { imported, skipped };
}

async function readIndex(file: string): Promise<object> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    const code = systemCode(error);
    if (code === "EISDIR") throw notAnIndex(file, "it is a folder", error);
    if (code === "ENOENT" || code === "ENOTDIR") throw fileErrorFrom(error, file, "read");
    throw catalogFailure(error, file, "read");
  });
  if (text.trim() === "") throw notAnIndex(file, "it is blank, as a crash leaves it");
  const index = parseJson(text, file);
  if (typeof index !== "object" || index === null || Array.isArray(index)) throw notAnIndex(file, "it is not a map");
  return index;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notAnIndex(file, "it is torn, or not JSON at all", error);
  }
}

type Outcome = { readonly id: string } | { readonly reason: string };

async function importEntry(
  key: string,
  found: IndexEntry,
  store: CatalogStore,
  options: ImportOptions,
): Promise<Outcome> {
  if (found.id !== key) return { reason: `it is filed under this id, and calls itself ${found.id}` };
  if (!isAbsolute(found.local_path)) return { reason: "its path is relative, and no longer says to what" };
  try {
    const id = modelId(parseModelRef(found.id));
    const expected = found.digest && parseDigest(`${found.digest.algo}:${found.digest.value}`);
    if (expected?.algorithm === "sha512") return { reason: "a sha512 digest is not compared here" };
    if ((await store.get(id)) !== undefined) return { reason: `the catalog has ${id} already` };

    const now = options.now ?? Date.now;
    const startedMs = now();
    const description = await options.describe(found.local_path, options.signal);
    if (expected && description.digest !== formatDigest(expected)) {
      return { reason: `its digest should be ${formatDigest(expected)}, and is ${description.digest}` };
    }
    const provenance = { toolVersion: options.toolVersion, startedMs, finishedMs: now() };
    await store.put(importedEntry(id, found, description, provenance));
    return { id };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!isModelError(error) || isStoreFailure(error)) throw error;
    return { reason: error.message };
  }
}

function importedEntry(
  id: string,
  found: IndexEntry,
  { kind, sizeBytes, digest, files }: ModelDescription,
  provenance: Pick<Provenance, "toolVersion" | "startedMs" | "finishedMs">,
): CatalogEntry {
  return {
    id,
    location: "external",
    localPath: found.local_path,
    lifecycle: found.lifecycle,
    kind,
    sizeBytes,
    digest,
    files,
    trust: found.digest ? "verified" : "unverified",
    lastVerifiedMs: provenance.finishedMs,
    provenance: {
      ...provenance,
      reference: redactText(found.id),
      source: redactText(found.local_path),
      fetcher: "import-index",
      fetcherVersion: provenance.toolVersion,
      movedBytes: 0,
      reusedBytes: sizeBytes,
    },
  };
}

/** What concerns the whole catalog, and would befall the next entry as well. */
function isStoreFailure({ code }: ModelError): boolean {
  return ["CATALOG_DIR_INVALID", "CATALOG_NOT_READABLE", "CATALOG_NOT_WRITABLE", "CATALOG_NO_SPACE"].includes(code);
}

function notAnIndex(file: string, problem: string, cause?: unknown): ModelError<CatalogErrorCode> {
  return catalogError("INDEX_INVALID", {
    message: `${file} is not an index of models: ${problem}.`,
    hint: "Give the path of the original system's index.json; if it is damaged, restore it from a backup.",
    facts: { path: file },
    cause,
  });
}
