import type { ModelError } from "@llama-orch/catalog-core";

/** What was taken off the disk, or would be. */
export interface GarbageItem {
  readonly kind: GarbageKind;
  /** Relative to the cache root, `/` between segments. */
  readonly path: string;
  /**
   * Bytes given back to the disk by it, the content that nothing else used any more included. 0 where all of its bytes
   * have other names: of things that share bytes, the last one to go gives them back.
   */
  readonly bytes: number;
  /** The model that it was of, where that is known. */
  readonly id?: string;
}

/**
 * - `removed`: taken out of sight earlier, by someone who did not get to delete it.
 * - `ingest`: an arrival that nobody goes on with.
 * - `damaged`: found damaged, and moved aside.
 * - `version`: bytes of a model that its record does not name.
 * - `blob`: content that no model has.
 * - `folder`: an empty one.
 * - `note`: what a process said that held a lock, and died.
 * - `retired`: a Retired model, its record included; only to keep within `maxSizeBytes`.
 */
export type GarbageKind = "removed" | "ingest" | "damaged" | "version" | "blob" | "folder" | "note" | "retired";

/** What looked like garbage and was left alone. */
export interface SkippedGarbage {
  /** Relative to the cache root, `/` between segments. */
  readonly path: string;
  /**
   * - `busy`: another process is at work on the model.
   * - `unreadable`: the model's record cannot be read, or nothing says which model it is.
   * - `unknown`: nothing that this version puts there.
   * - `failed`: it could not be looked at or removed; `error` says why.
   */
  readonly reason: "busy" | "unreadable" | "unknown" | "failed";
  readonly error?: ModelError;
}

export interface GarbageReport {
  /** In the order in which they went. */
  readonly items: readonly GarbageItem[];
  /** Bytes given back to the disk. */
  readonly freedBytes: number;
  /** Bytes on the disk that stay: of blobs, models, arrivals and what was set aside, shared ones once. */
  readonly keptBytes: number;
  /** How much of `keptBytes` is above `maxSizeBytes`; 0 if it fits, or if no size was given. */
  readonly overBytes: number;
  readonly skipped: readonly SkippedGarbage[];
}
