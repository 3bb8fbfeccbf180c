import { type FetchContext, silentLogger } from "@llama-orch/catalog-core";

/** A context for a call of a fetcher: never aborted, silent, unless you say otherwise. */
export function fetchContext(overrides: Partial<FetchContext> = {}): FetchContext {
  return {
    signal: new AbortController().signal,
    onProgress() {},
    logger: silentLogger,
    correlationId: "contract-tests",
    ...overrides,
  };
}
