import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `TRANSFER_…` codes of transfer and the `FILE_…` codes of catalog-core. */
export type HttpFetcherErrorCode =
  /** A reference of another scheme; facts: `scheme`. */
  "HTTP_SCHEME_UNSUPPORTED";

export const httpFetcherError: ErrorFactory<HttpFetcherErrorCode> = errorFactory({
  HTTP_SCHEME_UNSUPPORTED: "cannot-serve",
});
