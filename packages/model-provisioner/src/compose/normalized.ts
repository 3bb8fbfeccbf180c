import { type ModelFetcher, type ModelRef, withNormalizedLocator } from "@llama-orch/catalog-core";

/** The reference in its fetcher's own grammar, where the scheme is the fetcher's: one thing has one id. */
export function normalized(ref: ModelRef, fetcher: ModelFetcher): ModelRef {
  if (fetcher.normalize === undefined || (ref.kind !== "url" && ref.kind !== "other")) return ref;
  return withNormalizedLocator(ref, (locator) => fetcher.normalize?.(locator) ?? locator);
}
