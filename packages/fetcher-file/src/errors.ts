import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `FILE_…` codes of catalog-core, which say what is wrong with a file. */
export type FileFetcherErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  "FILE_SCHEME_UNSUPPORTED";

export const fileFetcherError: ErrorFactory<FileFetcherErrorCode> = errorFactory({
  FILE_SCHEME_UNSUPPORTED: "cannot-serve",
});
