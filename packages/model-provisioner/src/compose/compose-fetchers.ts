import type {
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelFetcher,
  ModelRef,
  SchemesOf,
} from "@llama-orch/catalog-core";
import { schemeOf } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";
import { noFetcher } from "./no-fetcher.ts";

/**
 * One fetcher of several, each for its own schemes. Its type knows the union of them.
 *
 * @example const fetcher = composeFetchers(fileFetcher(), hfFetcher()); // ModelFetcher<"file" | "hf">
 * @throws ModelError `FETCHER_SCHEME_TWICE`; where the types can tell, it does not compile.
 */
export function composeFetchers<const Fetchers extends readonly ModelFetcher[]>(
  ...fetchers: Fetchers & DistinctSchemes<Fetchers>
): ModelFetcher<SchemesOf<Fetchers[number]>> {
  // What SchemesOf reads off a member's type is what the member serves; a union of them holds for each.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the reason is above
  return composeChecked(fetchers as readonly ModelFetcher<SchemesOf<Fetchers[number]>>[]);
}

/** The same for a list whose type was checked elsewhere. */
export function composeChecked<S extends string>(fetchers: readonly ModelFetcher<S>[]): ModelFetcher<S> {
  return new ComposedFetcher(fetchers);
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

class ComposedFetcher<S extends string> implements ModelFetcher<S> {
  readonly name: string;
  readonly version: string = "";
  readonly schemes: readonly S[];
  readonly network: boolean;
  readonly #members: ReadonlyMap<string, ModelFetcher>;

  constructor(fetchers: readonly ModelFetcher<S>[]) {
    this.#members = byScheme(fetchers);
    this.name = fetchers.map(({ name }) => name).join("+");
    this.schemes = Object.freeze(fetchers.flatMap(({ schemes }) => schemes));
    this.network = fetchers.some(({ network }) => network);
  }

  member(scheme: string): ModelFetcher | undefined {
    const fetcher = this.#members.get(scheme);
    return fetcher?.member === undefined ? fetcher : fetcher.member(scheme);
  }

  plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    return this.#serving(ref).plan(ref, context);
  }

  fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    return this.#serving(plan.ref).fetch(plan, ingest, context);
  }

  #serving(ref: ModelRef): ModelFetcher {
    const fetcher = this.member(schemeOf(ref));
    if (fetcher === undefined) throw noFetcher(schemeOf(ref), this.schemes);
    return fetcher;
  }
}

function byScheme(fetchers: readonly ModelFetcher[]): Map<string, ModelFetcher> {
  const members = new Map<string, ModelFetcher>();
  for (const fetcher of fetchers) {
    for (const scheme of fetcher.schemes) {
      const other = members.get(scheme);
      if (other !== undefined) throw servedTwice(scheme, [other.name, fetcher.name]);
      members.set(scheme, fetcher);
    }
  }
  return members;
}

function servedTwice(scheme: string, fetchers: readonly string[]): Error {
  return provisionerError("FETCHER_SCHEME_TWICE", {
    message: `Two fetchers serve ${scheme}: ${fetchers.join(" and ")}.`,
    hint: "Leave one of them out, or join them in the order of preference: fallback(first, second).",
    facts: { scheme, fetchers },
  });
}
