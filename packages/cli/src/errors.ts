import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

export type CommandErrorCode =
  /** An argument, option or command that makes no sense; facts: `argument`. */
  | "USAGE_INVALID"
  /** A model that is not on record, is retired, or whose files are gone; facts: `id`. */
  | "MODEL_ABSENT"
  /** A recorded model whose bytes are no longer the recorded ones; facts: `id`, `expected`, `actual`, `files`. */
  | "MODEL_DAMAGED"
  /** Records that cannot be read, where every model was to be looked at; facts: `count`, `cacheDir`. */
  | "RECORD_UNREADABLE"
  /** stdout takes no more; what was to be printed is lost. */
  | "OUTPUT_NOT_WRITABLE";

export const commandError: ErrorFactory<CommandErrorCode> = errorFactory({
  USAGE_INVALID: "usage",
  MODEL_ABSENT: "not-found",
  MODEL_DAMAGED: "digest-mismatch",
  RECORD_UNREADABLE: "other",
  OUTPUT_NOT_WRITABLE: "other",
});

/** A command line that makes no sense, and how to write one that does. */
export function usageError(message: string, hint: string, argument?: string): Error {
  return commandError("USAGE_INVALID", { message, hint, ...(argument !== undefined && { facts: { argument } }) });
}
