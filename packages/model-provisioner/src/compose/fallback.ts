import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  isModelError,
  type ModelFetcher,
  type ModelRef,
  schemeOf,
} from "@llama-orch/catalog-core";
import { noFetcher } from "./no-fetcher.ts";

/**
 * Fetchers of the same scheme, in order of preference. A later one is asked only when an earlier one *cannot serve*
 * the reference at all (category `cannot-serve`: its tool is absent, the form is not supported). Not found,
 * no access, a mismatch, a broken line or an abort is the answer, whoever gives it.
 *
 * @example fallback(hfFetcher(), hfCliFetcher())
 */
export function fallback<S extends string>(
  first: ModelFetcher<S>,
  ...others: readonly ModelFetcher<S>[]
): ModelFetcher<S> {
  return new FallbackFetcher([first, ...others]);
}

class FallbackFetcher<S extends string> implements ModelFetcher<S> {
  readonly name: string;
  readonly version: string;
  readonly schemes: readonly S[];
  readonly network: boolean;
  readonly #fetchers: readonly ModelFetcher<S>[];
  /** Who made a plan is who must fetch it. */
  readonly #planners = new WeakMap<FetchPlan, ModelFetcher>();

  constructor(fetchers: readonly ModelFetcher<S>[]) {
    this.#fetchers = fetchers;
    this.name = fetchers.map(({ name }) => name).join("|");
    this.version = fetchers.map(({ version }) => version).join("|");
    this.schemes = Object.freeze([...new Set(fetchers.flatMap(({ schemes }) => schemes))]);
    this.network = fetchers.some(({ network }) => network);
  }

  normalize(locator: string): string {
    const [first] = this.#fetchers;
    return first?.normalize?.(locator) ?? locator;
  }

  plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    return this.#firstThatCan(this.#serving(ref), context, (fetcher) => this.#planBy(fetcher, ref, context));
  }

  /** That a fetcher cannot serve may show only here (its tool went away): then the next one plans, and fetches its own plan. */
  fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    const serving = this.#serving(plan.ref);
    const planner = this.#planners.get(plan) ?? serving[0];
    const candidates = serving.slice(serving.findIndex((fetcher) => fetcher === planner));
    return this.#firstThatCan(candidates, context, async (fetcher) => {
      const ownPlan = fetcher === planner ? plan : await fetcher.plan(plan.ref, context);
      const { name, version } = fetcher;
      return { fetchedBy: { name, version }, ...(await fetcher.fetch(ownPlan, ingest, context)) };
    });
  }

  async #planBy(fetcher: ModelFetcher, ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    const plan = await fetcher.plan(ref, context);
    this.#planners.set(plan, fetcher);
    return plan;
  }

  async #firstThatCan<T>(
    fetchers: readonly ModelFetcher[],
    { signal, logger }: FetchContext,
    attempt: (fetcher: ModelFetcher) => Promise<T>,
  ): Promise<T> {
    let refusal: unknown;
    for (const fetcher of fetchers) {
      try {
        return await attempt(fetcher);
      } catch (error) {
        if (signal.aborted || !isModelError(error) || error.category !== "cannot-serve") throw error;
        // The first refusal is the one to show: it is of the fetcher that the caller would rather have used.
        refusal ??= error;
        logger.info(`${fetcher.name} cannot serve this reference`, { code: error.code });
      }
    }
    throw refusal;
  }

  #serving(ref: ModelRef): readonly ModelFetcher[] {
    const scheme = schemeOf(ref);
    const serving = this.#fetchers.filter(({ schemes }) => schemes.some((served) => served === scheme));
    if (serving.length === 0) throw noFetcher(scheme, this.schemes);
    return serving;
  }
}
