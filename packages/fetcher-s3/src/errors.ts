import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `TRANSFER_…` codes of transfer, and the `FILE_…` codes of catalog-core. */
export type S3ErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  | "S3_SCHEME_UNSUPPORTED"
  /** An option of `s3Fetcher`, or of the AWS configuration, that is not allowed; facts: `option`. */
  | "S3_OPTION_INVALID"
  /** No bucket and key can be read from it; facts: `reference`, `part`. */
  | "S3_REFERENCE_INVALID"
  /** There is no such bucket; facts: `bucket`. */
  | "S3_BUCKET_NOT_FOUND"
  /** The bucket has no such key, or nothing below such a prefix; facts: `bucket`, `key` or `prefix`, and `deleted` where S3 tells so. */
  | "S3_KEY_NOT_FOUND"
  /** The key has no such version, or it marks a deletion; facts: `bucket`, `key`, `versionId`. */
  | "S3_VERSION_NOT_FOUND"
  /** 403, to these credentials or to nobody; facts: `bucket`, `key`, `serverCode`. */
  | "S3_ACCESS_DENIED"
  /** The same, and no credentials were found; facts: `bucket`, `key`. */
  | "S3_CREDENTIALS_MISSING"
  /** The server does not know the key, or its secret is another; facts: `bucket`, `serverCode`. */
  | "S3_CREDENTIALS_INVALID"
  /** The session of the credentials is over, and nothing gives new ones; facts: `bucket`. */
  | "S3_CREDENTIALS_EXPIRED"
  /** What should give credentials fails itself: a session of SSO that is over, say; facts: `profile`. */
  | "S3_CREDENTIALS_FAILED"
  /** The clocks of this machine and of the server differ by too much for signatures; facts: `localTime`, `serverTime`. */
  | "S3_CLOCK_SKEWED"
  /** The bucket is in another region, which is not told or does not help; facts: `bucket`, `region`, `signedFor`. */
  | "S3_REGION_WRONG"
  /** The object lies in an archive, and has to be restored first; facts: `bucket`, `key`, `storageClass`. */
  | "S3_OBJECT_ARCHIVED"
  /** What answers does not speak as S3 does, or does not take the request; facts: `url`, `problem`. */
  | "S3_ANSWER_INVALID"
  /** Names that some file systems cannot tell apart, or cannot hold; facts: `paths`. */
  | "S3_PATHS_UNSUPPORTED"
  /** It was replaced again and again while it was fetched; facts: `bucket`, `key`. */
  | "S3_SOURCE_CHANGED"
  /** The bytes are not those whose checksum S3 keeps; facts: `path`, `expected`, `actual`. */
  | "S3_CONTENT_MISMATCH";

export const s3Error: ErrorFactory<S3ErrorCode> = errorFactory({
  S3_SCHEME_UNSUPPORTED: "cannot-serve",
  S3_OPTION_INVALID: "usage",
  S3_REFERENCE_INVALID: "usage",
  S3_BUCKET_NOT_FOUND: "not-found",
  S3_KEY_NOT_FOUND: "not-found",
  S3_VERSION_NOT_FOUND: "not-found",
  S3_ACCESS_DENIED: "not-allowed",
  S3_CREDENTIALS_MISSING: "not-allowed",
  S3_CREDENTIALS_INVALID: "not-allowed",
  S3_CREDENTIALS_EXPIRED: "not-allowed",
  S3_CREDENTIALS_FAILED: "not-allowed",
  S3_CLOCK_SKEWED: "not-allowed",
  S3_REGION_WRONG: "usage",
  S3_OBJECT_ARCHIVED: "not-allowed",
  S3_ANSWER_INVALID: "network",
  S3_PATHS_UNSUPPORTED: "usage",
  S3_SOURCE_CHANGED: "network",
  S3_CONTENT_MISMATCH: "digest-mismatch",
});
