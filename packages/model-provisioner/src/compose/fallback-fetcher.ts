import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  isModelError,
  type ModelFetcher,
  type ModelRef,
} from "@llama-orch/catalog-core";

/** Fetchers of one scheme, asked in their order until one can serve. */
export class FallbackFetcher implements ModelFetcher {
  readonly name: string;
  readonly version: string;
  readonly schemes: readonly string[];
  readonly network: boolean;
  readonly managed: boolean;
  /** The first one's: two ways to write one locator would make one model two. */
  readonly normalize: (locator: string) => string;
  readonly #fetchers: readonly ModelFetcher[];
  /** Who made a plan is who must fetch it. */
  readonly #planners = new WeakMap<FetchPlan, ModelFetcher>();

  /** @param fetchers one at least; all serve the scheme. */
  constructor(scheme: string, fetchers: readonly ModelFetcher[]) {
    this.#fetchers = fetchers;
    this.name = fetchers.map(({ name }) => name).join("|");
    this.version = fetchers.map(({ version }) => version).join("|");
    this.schemes = Object.freeze([scheme]);
    this.network = fetchers.some(({ network }) => network);
    this.managed = fetchers.every(({ managed }) => managed === true);
    this.normalize = (locator) => fetchers[0]?.normalize?.(locator) ?? locator;
  }

  plannedBy(plan: FetchPlan): { readonly name: string; readonly version: string } | undefined {
    const planner = this.#planners.get(plan);
    return planner?.plannedBy?.(plan) ?? planner;
  }

  plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    return this.#firstThatCan(this.#fetchers, context, (fetcher) => this.#planBy(fetcher, ref, context));
  }

  /** That a fetcher cannot serve may show only here (its tool went away): then the next one plans, and fetches its own plan. */
  fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    const planner = this.#planners.get(plan) ?? this.#fetchers[0];
    const candidates = this.#fetchers.slice(this.#fetchers.findIndex((fetcher) => fetcher === planner));
    return this.#firstThatCan(candidates, context, async (fetcher) => {
      const ownPlan = fetcher === planner ? plan : await fetcher.plan(plan.ref, context);
      // What is present is so by the first plan's digests; another plan's file of that path may be another file.
      const own = fetcher === planner ? ingest : { ...ingest, present: new Set<string>() };
      const fetchedBy = { name: fetcher.name, version: fetcher.version };
      // A composite among them knows better.
      const replanned = ownPlan === plan ? {} : { plan: ownPlan };
      return { fetchedBy, ...replanned, ...(await fetcher.fetch(ownPlan, own, context)) };
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
}
