import type { ModelFetcher, SchemesOf } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";
import { assertSchemes } from "./assert-schemes.ts";
import { memberFor, RoutingFetcher } from "./routing-fetcher.ts";

/**
 * One fetcher of several, each for its own schemes. Its type knows the union of them.
 *
 * @example const fetcher = composeFetchers(fileFetcher(), hfFetcher()); // ModelFetcher<"file" | "hf">
 * @throws ModelError `FETCHER_SCHEME_TWICE`; where the types can tell, it does not compile. `FETCHER_SCHEME_INVALID`.
 */
export function composeFetchers<const Fetchers extends readonly ModelFetcher[]>(
  ...fetchers: Fetchers & DistinctSchemes<Fetchers>
): ModelFetcher<SchemesOf<Fetchers[number]>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- What SchemesOf reads off a member's type is what that member serves.
  return composeChecked(fetchers as readonly ModelFetcher<SchemesOf<Fetchers[number]>>[]);
}

/** The same for a list whose type was checked elsewhere. */
export function composeChecked<S extends string>(fetchers: readonly ModelFetcher<S>[]): ModelFetcher<S> {
  for (const fetcher of fetchers) assertSchemes(fetcher);
  return new RoutingFetcher(fetchers.map(({ name }) => name).join("+"), byScheme(fetchers));
}

/** `unknown` when no scheme is served twice, else the sentence that the compiler prints. */
export type DistinctSchemes<Fetchers extends readonly ModelFetcher[]> = [Twice<Fetchers>] extends [never]
  ? unknown
  : `two fetchers serve '${Twice<Fetchers>}:'; join them: fallback(first, second)`;

/** The literal schemes that more than one member serves. A member typed with plain `string` is checked at run time. */
type Twice<Fetchers extends readonly ModelFetcher[]> = Fetchers extends readonly [
  infer Head,
  ...infer Tail extends readonly ModelFetcher[],
]
  ? Extract<Literal<SchemesOf<Head>>, Literal<SchemesOf<Tail[number]>>> | Twice<Tail>
  : never;

type Literal<Scheme> = string extends Scheme ? never : Scheme;

function byScheme<S extends string>(fetchers: readonly ModelFetcher<S>[]): ReadonlyMap<S, ModelFetcher> {
  const owners = new Map<S, ModelFetcher>();
  for (const fetcher of fetchers) {
    for (const scheme of fetcher.schemes) {
      const other = owners.get(scheme);
      if (other !== undefined) throw servedTwice(scheme, [other.name, fetcher.name]);
      owners.set(scheme, fetcher);
    }
  }
  return new Map([...owners].map(([scheme, fetcher]) => [scheme, memberFor(fetcher, scheme)]));
}

function servedTwice(scheme: string, fetchers: readonly string[]): Error {
  return provisionerError("FETCHER_SCHEME_TWICE", {
    message: `Two fetchers serve ${scheme}: ${fetchers.join(" and ")}.`,
    hint: "Leave one of them out, or join them in the order of preference: fallback(first, second).",
    facts: { scheme, fetchers },
  });
}
