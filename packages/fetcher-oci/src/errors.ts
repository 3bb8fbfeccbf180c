import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `TRANSFER_…` codes of transfer, and the `FILE_…` codes of catalog-core. */
export type OciErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  | "OCI_SCHEME_UNSUPPORTED"
  /** What follows `oci:` is no reference to a repository; facts: `problem`. */
  | "OCI_REFERENCE_INVALID"
  /** An option of `ociFetcher` that is not allowed; facts: `option`. */
  | "OCI_OPTION_INVALID"
  /** The registry has no such repository; facts: `registry`, `repository`. */
  | "OCI_REPOSITORY_NOT_FOUND"
  /** The repository has no such tag or manifest; facts: `registry`, `repository`, `reference`. */
  | "OCI_MANIFEST_NOT_FOUND"
  /** A layer that the manifest names is not in the registry; facts: `registry`, `repository`, `digest`. */
  | "OCI_BLOB_NOT_FOUND"
  /** The model has no file of this path; facts: `path`, `available`. */
  | "OCI_FILE_NOT_FOUND"
  /** Nobody is logged in for this registry, and it does not answer without; facts: `registry`, `repository`. */
  | "OCI_CREDENTIALS_MISSING"
  /** The registry does not accept the user name and password; facts: `registry`, `credentialsFrom`. */
  | "OCI_CREDENTIALS_REFUSED"
  /** A credential helper, or the file that names it, is of no use; facts: `from`. */
  | "OCI_CREDENTIALS_FAILED"
  /** The registry does not let these credentials read; facts: `registry`, `repository`. */
  | "OCI_ACCESS_DENIED"
  /** The registry answers 429, for longer than is waited; facts: `retryAfterSeconds`. */
  | "OCI_RATE_LIMITED"
  /** The registry, or its token server, does not say what it should; facts: `problem`. */
  | "OCI_ANSWER_INVALID"
  /** A manifest of a kind that is not read here; facts: `mediaType`. */
  | "OCI_MANIFEST_UNSUPPORTED"
  /** The manifest holds no model in any of the layouts that are known here; facts: `artifactType`, `layers`. */
  | "OCI_LAYOUT_UNKNOWN"
  /** A layer of a kind that is not read here; facts: `mediaType`. */
  | "OCI_LAYER_UNSUPPORTED"
  /** The index has several manifests; facts: `platforms`. */
  | "OCI_PLATFORM_AMBIGUOUS"
  /** The index has none for this platform; facts: `platform`, `platforms`. */
  | "OCI_PLATFORM_NOT_FOUND"
  /** Names that some file systems cannot tell apart, or cannot hold; facts: `paths`. */
  | "OCI_PATHS_UNSUPPORTED"
  /** An archive that would write outside of its folder, or is no archive; facts: `entry`, `problem`. */
  | "OCI_ARCHIVE_UNSAFE"
  /** An archive of more entries or bytes than are allowed; facts: `limit`, `option`. */
  | "OCI_ARCHIVE_TOO_LARGE"
  /** A manifest or layer is not the one that its digest names; facts: `expected`, `actual`. */
  | "OCI_CONTENT_MISMATCH";

export const ociError: ErrorFactory<OciErrorCode> = errorFactory({
  OCI_SCHEME_UNSUPPORTED: "cannot-serve",
  OCI_REFERENCE_INVALID: "usage",
  OCI_OPTION_INVALID: "usage",
  OCI_REPOSITORY_NOT_FOUND: "not-found",
  OCI_MANIFEST_NOT_FOUND: "not-found",
  OCI_BLOB_NOT_FOUND: "not-found",
  OCI_FILE_NOT_FOUND: "not-found",
  OCI_CREDENTIALS_MISSING: "not-allowed",
  OCI_CREDENTIALS_REFUSED: "not-allowed",
  OCI_CREDENTIALS_FAILED: "not-allowed",
  OCI_ACCESS_DENIED: "not-allowed",
  OCI_RATE_LIMITED: "network",
  OCI_ANSWER_INVALID: "network",
  OCI_MANIFEST_UNSUPPORTED: "usage",
  OCI_LAYOUT_UNKNOWN: "usage",
  OCI_LAYER_UNSUPPORTED: "usage",
  OCI_PLATFORM_AMBIGUOUS: "usage",
  OCI_PLATFORM_NOT_FOUND: "not-found",
  OCI_PATHS_UNSUPPORTED: "usage",
  OCI_ARCHIVE_UNSAFE: "other",
  OCI_ARCHIVE_TOO_LARGE: "not-allowed",
  OCI_CONTENT_MISMATCH: "digest-mismatch",
});
