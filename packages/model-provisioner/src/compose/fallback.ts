import type { ModelFetcher } from "@llama-orch/catalog-core";
import { assertSchemes } from "./assert-schemes.ts";
import { FallbackFetcher } from "./fallback-fetcher.ts";
import { memberFor, RoutingFetcher } from "./routing-fetcher.ts";

/**
 * Fetchers of the same scheme, in order of preference. A later one is asked only when an earlier one *cannot serve*
 * the reference at all (category `cannot-serve`: its tool is absent, the form is not supported). Not found,
 * no access, a mismatch, a broken line or an abort is the answer, whoever gives it.
 *
 * Each scheme has an order of its own: those of the fetchers that serve it, of which the first normalizes its locators.
 *
 * @example fallback(hfFetcher(), hfCliFetcher())
 * @throws ModelError `FETCHER_SCHEME_INVALID`
 */
export function fallback<S extends string>(
  first: ModelFetcher<S>,
  ...others: readonly ModelFetcher<S>[]
): ModelFetcher<S> {
  const fetchers = [first, ...others];
  for (const fetcher of fetchers) assertSchemes(fetcher);
  const schemes = new Set(fetchers.flatMap((fetcher) => fetcher.schemes));
  const members = [...schemes].map((scheme) => [scheme, inOrder(scheme, fetchers)] as const);
  return new RoutingFetcher(fetchers.map(({ name }) => name).join("|"), new Map(members));
}

function inOrder<S extends string>(scheme: S, fetchers: readonly ModelFetcher<S>[]): ModelFetcher {
  const serving = fetchers.filter(({ schemes }) => schemes.includes(scheme));
  return new FallbackFetcher(
    scheme,
    serving.map((fetcher) => memberFor(fetcher, scheme)),
  );
}
