import type { ModelFetcher } from "@llama-orch/catalog-core";

/** What a provisioner asks of a fetcher before it knows whether anything has to be brought. */
export type FetcherFacts<S extends string> = Pick<
  ModelFetcher<S>,
  "name" | "schemes" | "network" | "managed" | "normalize"
>;

/**
 * A fetcher that is loaded when a reference is planned: a model that is present must not pay for loading it. Its version is
 * told once it is known, with what it has planned and fetched.
 * @param load is called once: who makes a plan is who must fetch it.
 */
export function lazyFetcher<S extends string>(
  facts: FetcherFacts<S>,
  load: () => Promise<ModelFetcher<S>>,
): ModelFetcher<S> {
  let loading: Promise<ModelFetcher<S>> | undefined;
  let known: ModelFetcher<S> | undefined;
  const loaded = async (): Promise<ModelFetcher<S>> => (known = await (loading ??= load()));
  return {
    ...facts,
    version: "",
    // It has made the plan: so it is loaded.
    plannedBy: () => known && { name: known.name, version: known.version },
    plan: async (ref, context) => (await loaded()).plan(ref, context),
    async fetch(plan, ingest, context) {
      const fetcher = await loaded();
      const fetched = await fetcher.fetch(plan, ingest, context);
      return { fetchedBy: { name: fetcher.name, version: fetcher.version }, ...fetched };
    },
  };
}
