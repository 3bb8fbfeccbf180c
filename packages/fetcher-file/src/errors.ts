import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `FILE_…` codes of catalog-core, which say what is wrong with a file. */
export type FileFetcherErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  | "FILE_SCHEME_UNSUPPORTED"
  /** A file or folder whose name no record can hold; facts: `path` (the folder), `name`. */
  | "FILE_NAME_UNSUPPORTED"
  /** To be copied, and two names in it are one name on some file systems; facts: `path` (the folder), `names`. */
  | "FILE_NAMES_COLLIDE"
  /** A folder with more in it, or deeper, than any model has; facts: `path`, `limit`. */
  | "FILE_FOLDER_TOO_LARGE"
  /** An option of `fileFetcher` that is none of the allowed values; facts: `option`, `allowed`. */
  | "FILE_OPTION_INVALID";

export const fileFetcherError: ErrorFactory<FileFetcherErrorCode> = errorFactory({
  FILE_SCHEME_UNSUPPORTED: "cannot-serve",
  FILE_NAME_UNSUPPORTED: "usage",
  FILE_NAMES_COLLIDE: "usage",
  FILE_FOLDER_TOO_LARGE: "usage",
  FILE_OPTION_INVALID: "usage",
});
