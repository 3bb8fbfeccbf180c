import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `FILE_…` codes of catalog-core, which say what is wrong with a file or a disk of this machine. */
export type HfCliErrorCode =
  /** No `hf` and no `huggingface-cli` here; facts: `searched`. */
  | "HF_CLI_MISSING"
  /** What is here is a stub, too old, or no Hugging Face CLI; facts: `found` (path, version, reason). */
  | "HF_CLI_UNSUPPORTED"
  /** A reference that the CLI has no words for: another scheme, a quantization tag; facts: `form`, of a tag also `repository` and `tag`. */
  | "HF_CLI_FORM_UNSUPPORTED"
  /** An option of `hfCliFetcher` that is not allowed; facts: `option`. */
  | "HF_CLI_OPTION_INVALID"
  /** No such repository, or a private one: the Hub does not tell which; facts: `repository`. */
  | "HF_REPOSITORY_NOT_FOUND"
  /** The repository has no such branch, tag or commit; facts: `repository`, `revision`. */
  | "HF_REVISION_NOT_FOUND"
  /** The repository has no such file, or none that the patterns select; facts: `repository`, `path`. */
  | "HF_FILE_NOT_FOUND"
  /** Access must be asked for, or has not been granted; facts: `repository`, `accessUrl`. */
  | "HF_GATED"
  /** The repository was disabled by the Hub; facts: `repository`. */
  | "HF_REPOSITORY_DISABLED"
  /** The Hub does not accept the token; facts: `tokenFrom`. */
  | "HF_TOKEN_INVALID"
  /** The Hub, or its storage, answers 403 for another reason; facts: `repository`. */
  | "HF_FORBIDDEN"
  /** `HF_HUB_OFFLINE` is set, and the CLI does not have the model. */
  | "HF_OFFLINE"
  /** The Hub answers 429; facts: `retryAfterSeconds`. */
  | "HF_RATE_LIMITED"
  /** The Hub, or a proxy on the way, cannot be reached or breaks off; facts: `endpoint`. */
  | "HF_NETWORK"
  /** No bytes came for too long; facts: `repository`, `stderr`. */
  | "HF_CLI_STALLED"
  /** The CLI ended with an error that is none of these, or was killed; facts: `exitCode`, `signal`, `stderr`. */
  | "HF_CLI_FAILED"
  /** The CLI says that it is done, and it is not; facts: `path`, `problem`. */
  | "HF_CLI_RESULT_WRONG"
  /** Names that some file systems cannot tell apart, or cannot hold; facts: `paths`. */
  | "HF_PATHS_UNSUPPORTED"
  /** The bytes are not those that the Hub declared; facts: `path`, `expected`, `actual`. */
  | "HF_CONTENT_MISMATCH";

export const hfCliError: ErrorFactory<HfCliErrorCode> = errorFactory({
  HF_CLI_MISSING: "cannot-serve",
  HF_CLI_UNSUPPORTED: "cannot-serve",
  HF_CLI_FORM_UNSUPPORTED: "cannot-serve",
  HF_CLI_OPTION_INVALID: "usage",
  HF_REPOSITORY_NOT_FOUND: "not-found",
  HF_REVISION_NOT_FOUND: "not-found",
  HF_FILE_NOT_FOUND: "not-found",
  HF_GATED: "not-allowed",
  HF_REPOSITORY_DISABLED: "not-allowed",
  HF_TOKEN_INVALID: "not-allowed",
  HF_FORBIDDEN: "not-allowed",
  HF_OFFLINE: "network",
  HF_RATE_LIMITED: "network",
  HF_NETWORK: "network",
  HF_CLI_STALLED: "network",
  HF_CLI_FAILED: "other",
  HF_CLI_RESULT_WRONG: "other",
  HF_PATHS_UNSUPPORTED: "usage",
  HF_CONTENT_MISMATCH: "digest-mismatch",
});
