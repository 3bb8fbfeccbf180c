import type { CatalogStore } from "@llama-orch/catalog-core";
import { readReferences } from "../survey/references.ts";
import { surveyCache } from "../survey/survey-cache.ts";
import { collectBlobs } from "./blobs.ts";
import type { GarbageItem, GarbageReport } from "./garbage-report.ts";
import { collectIngests } from "./ingests.ts";
import { collectDamaged, collectNotes } from "./litter.ts";
import { collectModels } from "./models.ts";
import { collectRetired } from "./retired.ts";
import { Run } from "./run.ts";

export interface GarbageOptions {
  /**
   * How long garbage is left alone after it became garbage, in ms: someone may still be about to use it.
   * @default 24 hours
   */
  readonly graceMs?: number;
  /** If the cache takes more than this, in bytes, Retired models go as well, least recently used first, until it fits. */
  readonly maxSizeBytes?: number;
  /** Removes nothing, makes no file, and reports what would be removed. @default false */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  /** Told of each thing as it goes; also in a dry run. Must not throw. */
  readonly onRemoved?: (item: GarbageItem) => void;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes what nobody needs from the cache of a catalog, while other processes use it. Never touched: whatever an Active
 * entry names, whatever may belong to a record that cannot be read, and all files of external models.
 *
 * Nothing is stopped meanwhile, so whatever is seen may be outdated at once. In order, and why that does no harm:
 *
 * 1. The folders are surveyed. What appears later is unknown to this run, and stays.
 * 2. The catalog is listed. An entry that comes later names bytes that were not here in (1), or that were: those are
 *    looked up again in (3).
 * 3. What belongs to a model is removed under the model's lock, after another look at its record and at its age: whoever
 *    brings the model, or had brought it since (2), holds that lock, or has left a record.
 * 4. Some work without the lock: where nothing can be locked; beside a holder that was silent for long; to make a Retired
 *    model Active. So bytes go out of sight first, by one rename, and then the record is read once more; if it has come to
 *    name them, they are put back. Whoever registers bytes that were here already writes the record first and then looks
 *    whether they still are. Of two who each write before they read, one at least sees the other.
 * 5. Content is shared by links, and a name that is taken from a file takes nothing from the other names. Whoever links to
 *    a blob before it is unlinked keeps the bytes; whoever comes after finds none, and fetches.
 *
 * Killed at any moment, it leaves bytes out of sight, below `ingest/`, for the next collection.
 *
 * @throws ModelError of `CatalogStore.list`: without it nothing is known to be garbage; `signal.reason` untouched when
 *   aborted. What cannot be removed is no error, but on the report.
 */
export async function collectGarbage(catalog: CatalogStore, options: GarbageOptions = {}): Promise<GarbageReport> {
  const { graceMs = dayMs, maxSizeBytes, dryRun = false, signal, onRemoved = () => {} } = options;
  signal?.throwIfAborted();
  const survey = await surveyCache(catalog.cacheDir, signal);
  const references = await readReferences(catalog, signal);
  const run = new Run({ catalog, survey, references }, { graceMs, isDryRun: dryRun, signal, onRemoved });
  await collectIngests(run);
  await collectDamaged(run);
  await collectModels(run);
  await collectBlobs(run);
  await collectNotes(run);
  if (maxSizeBytes !== undefined) await collectRetired(run, maxSizeBytes);
  return run.report(maxSizeBytes);
}
