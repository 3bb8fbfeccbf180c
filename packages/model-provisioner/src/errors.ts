import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

export type ProvisionerErrorCode =
  /** No configured fetcher serves the scheme; facts: `scheme`, `configured`, `packages`. */
  | "NO_FETCHER"
  /** Two fetchers serve one scheme and are not joined by `fallback`; facts: `scheme`, `fetchers`. */
  | "FETCHER_SCHEME_TWICE"
  /** A fetcher declares a scheme that no reference can have, or none; facts: `fetcher`, `schemes`. */
  | "FETCHER_SCHEME_INVALID"
  /** A fetcher did what its contract forbids; facts: `fetcher`, `problem`. */
  | "FETCHER_BROKE_CONTRACT"
  /** The bytes are not the expected ones; facts: `expected`, `actual`, `path`. */
  | "DIGEST_MISMATCH"
  /** The expected digest is of a kind that this artifact cannot have; facts: `expected`, `kind`. */
  | "DIGEST_NOT_COMPARABLE"
  /** The model is not here, and the call may not use a network. */
  | "OFFLINE"
  /** A scheme, host or size that the provisioner's policy does not allow; facts: `policy`. */
  | "NOT_ALLOWED"
  /** A folder that holds the cache itself cannot be a model; facts: `cacheDir`, `path`. */
  | "CACHE_INSIDE_MODEL"
  /** An option that makes no sense; facts: `option`. */
  | "OPTION_INVALID";

export const provisionerError: ErrorFactory<ProvisionerErrorCode> = errorFactory({
  NO_FETCHER: "cannot-serve",
  FETCHER_SCHEME_TWICE: "usage",
  FETCHER_SCHEME_INVALID: "usage",
  FETCHER_BROKE_CONTRACT: "other",
  DIGEST_MISMATCH: "digest-mismatch",
  DIGEST_NOT_COMPARABLE: "usage",
  OFFLINE: "not-allowed",
  NOT_ALLOWED: "not-allowed",
  CACHE_INSIDE_MODEL: "usage",
  OPTION_INVALID: "usage",
});
