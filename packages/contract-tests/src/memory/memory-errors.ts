import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

export type MemoryErrorCode =
  /** A catalog entry that breaks the contract of `CatalogEntry`; facts: `id`, `problems`. */
  | "ENTRY_INVALID"
  /** No record with this id; facts: `id`. */
  | "ENTRY_NOT_FOUND"
  /** `memoryFetcher` has no such model; facts: `locator`, `known`. */
  | "MEMORY_MODEL_NOT_FOUND"
  /** The model is not the one that was planned; facts: `locator`. */
  | "MEMORY_MODEL_CHANGED"
  /** A reference of another form or scheme; facts: `scheme`. */
  | "MEMORY_REF_UNSUPPORTED";

export const memoryError: ErrorFactory<MemoryErrorCode> = errorFactory({
  ENTRY_INVALID: "usage",
  ENTRY_NOT_FOUND: "not-found",
  MEMORY_MODEL_NOT_FOUND: "not-found",
  MEMORY_MODEL_CHANGED: "other",
  MEMORY_REF_UNSUPPORTED: "cannot-serve",
});
