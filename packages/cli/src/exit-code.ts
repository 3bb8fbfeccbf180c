import { type ErrorCategory, isModelError } from "@llama-orch/catalog-core";
import { Interruption } from "./interruption.ts";

/** By category, not by code: a new fetcher brings new codes, and needs no edit here. */
const exitCodes: Readonly<Record<ErrorCategory, number>> = {
  other: 1,
  usage: 2,
  "not-found": 3,
  "digest-mismatch": 4,
  "cannot-serve": 5,
  network: 6,
  "not-allowed": 7,
  "no-space": 8,
};

/** The exit code that tells a script what kind of failure this is; 1 for whatever has no kind. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interruption) return error.exitCode;
  return isModelError(error) ? (exitCodes[error.category] ?? 1) : 1;
}
