import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `TRANSFER_…` codes of transfer, and the `FILE_…` codes of catalog-core. */
export type HfErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  | "HF_SCHEME_UNSUPPORTED"
  /** An option of `hfFetcher` that is not allowed; facts: `option`. */
  | "HF_OPTION_INVALID"
  /** No such repository, or a private one: the Hub does not tell which; facts: `repository`. */
  | "HF_REPOSITORY_NOT_FOUND"
  /** The repository has no such branch, tag or commit; facts: `repository`, `revision`. */
  | "HF_REVISION_NOT_FOUND"
  /** The repository has no such file, or none that the patterns select; facts: `repository`, `path` or `patterns`. */
  | "HF_FILE_NOT_FOUND"
  /** The repository has no model of this quantization; facts: `repository`, `tag`, `available`. */
  | "HF_TAG_NOT_FOUND"
  /** It has several; facts: `repository`, `tag`, `candidates`. */
  | "HF_TAG_AMBIGUOUS"
  /** A part of a sharded model is missing in the repository; facts: `repository`, `missing`. */
  | "HF_SHARD_MISSING"
  /** Access must be asked for, or has not been granted; facts: `repository`, `accessUrl`. */
  | "HF_GATED"
  /** The repository was disabled by the Hub; facts: `repository`. */
  | "HF_REPOSITORY_DISABLED"
  /** The Hub does not accept the token; facts: `tokenFrom`. */
  | "HF_TOKEN_INVALID"
  /** The Hub, or its storage, answers 403 for another reason; facts: `repository`. */
  | "HF_FORBIDDEN"
  /** `HF_HUB_OFFLINE` is set. */
  | "HF_OFFLINE"
  /** The Hub answers 429, for longer than is waited; facts: `retryAfterSeconds`. */
  | "HF_RATE_LIMITED"
  /** What the Hub answers is not what it should be; facts: `problem`. */
  | "HF_ANSWER_INVALID"
  /** Names that some file systems cannot tell apart, or cannot hold; facts: `paths`. */
  | "HF_PATHS_UNSUPPORTED"
  /** The bytes are not those that the Hub declared; facts: `path`, `expected`, `actual`. */
  | "HF_CONTENT_MISMATCH";

export const hfError: ErrorFactory<HfErrorCode> = errorFactory({
  HF_SCHEME_UNSUPPORTED: "cannot-serve",
  HF_OPTION_INVALID: "usage",
  HF_REPOSITORY_NOT_FOUND: "not-found",
  HF_REVISION_NOT_FOUND: "not-found",
  HF_FILE_NOT_FOUND: "not-found",
  HF_TAG_NOT_FOUND: "not-found",
  HF_TAG_AMBIGUOUS: "usage",
  HF_SHARD_MISSING: "not-found",
  HF_GATED: "not-allowed",
  HF_REPOSITORY_DISABLED: "not-allowed",
  HF_TOKEN_INVALID: "not-allowed",
  HF_FORBIDDEN: "not-allowed",
  HF_OFFLINE: "network",
  HF_RATE_LIMITED: "network",
  HF_ANSWER_INVALID: "network",
  HF_PATHS_UNSUPPORTED: "usage",
  HF_CONTENT_MISMATCH: "digest-mismatch",
});
