import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `FILE_…` codes of catalog-core, which say what is wrong with a file. */
export type FileFetcherErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  | "FILE_SCHEME_UNSUPPORTED"
  /** A file or folder whose name no record can hold; facts: `path` (the folder), `name`. */
  | "FILE_NAME_UNSUPPORTED"
  /** A folder with more in it, or deeper, than any model has; facts: `path`, `limit`. */
  | "FILE_FOLDER_TOO_LARGE";

export const fileFetcherError: ErrorFactory<FileFetcherErrorCode> = errorFactory({
  FILE_SCHEME_UNSUPPORTED: "cannot-serve",
  FILE_NAME_UNSUPPORTED: "usage",
  FILE_FOLDER_TOO_LARGE: "usage",
});
