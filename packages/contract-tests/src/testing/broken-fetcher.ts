import type { FetchedArtifact, FetchPlan, ModelFetcher } from "@llama-orch/catalog-core";
import type { FetcherCases } from "../model-fetcher/fetcher-setup.ts";
import type { ModelFetcherSupports } from "../model-fetcher/fetcher-supports.ts";

/** A fetcher that differs from a sound one in one thing, that someone has got wrong or well might. */
export interface BrokenFetcher {
  readonly flaw: string;
  /** The tests that must notice. */
  readonly caughtBy: readonly string[];
  /** The members that replace those of the sound fetcher. `directory` is the folder of the source. */
  readonly change: (sound: ModelFetcher, directory: string) => Partial<ModelFetcher>;
  /** Declared otherwise than for a sound one. */
  readonly supports?: ModelFetcherSupports;
  /** Given otherwise than for a sound one. */
  readonly cases?: Partial<FetcherCases>;
}

export function broken(
  flaw: string,
  caughtBy: readonly string[],
  change: BrokenFetcher["change"],
  rest: Pick<BrokenFetcher, "supports" | "cases"> = {},
): BrokenFetcher {
  return { flaw, caughtBy, change, ...rest };
}

/** Its plans are sound but for this. */
export function brokenPlan(
  flaw: string,
  caughtBy: readonly string[],
  change: (plan: FetchPlan) => Partial<FetchPlan>,
): BrokenFetcher {
  return broken(flaw, caughtBy, (sound) => ({
    async plan(ref, context) {
      const plan = await sound.plan(ref, context);
      return { ...plan, ...change(plan) };
    },
  }));
}

/** What it says of its fetches is sound but for this. */
export function brokenArtifact(
  flaw: string,
  caughtBy: readonly string[],
  change: (artifact: FetchedArtifact) => Partial<FetchedArtifact>,
): BrokenFetcher {
  return broken(flaw, caughtBy, (sound) => ({
    async fetch(plan, ingest, context) {
      const artifact = await sound.fetch(plan, ingest, context);
      return { ...artifact, ...change(artifact) };
    },
  }));
}
