import type { CatalogStore, ModelError } from "@llama-orch/catalog-core";
import { cachePath, readReferences } from "../survey/references.ts";
import { surveyCache } from "../survey/survey-cache.ts";
import { measureModels, type ModelUsage } from "./measure-models.ts";
import { measureTotals, type UsageTotals } from "./measure-totals.ts";
import { unreadableModels } from "./unreadable-models.ts";

export interface CacheUsage {
  readonly models: readonly ModelUsage[];
  readonly totals: UsageTotals;
  /** Ids of models whose records cannot be read; what they have counts as in use. */
  readonly unreadable: readonly string[];
  /** What may not be looked at, relative to the cache root: it counts as 0. */
  readonly unmeasured: readonly { readonly path: string; readonly error: ModelError }[];
}

export interface UsageOptions {
  readonly signal?: AbortSignal;
}

/**
 * What the models of a catalog take on the disk, and what else lies in its cache. Reads names and stats, no content, and
 * writes nothing. Where others are at work meanwhile, it is what was seen on the way.
 * @throws ModelError of `CatalogStore.list`; `signal.reason` untouched when aborted.
 */
export async function measureUsage(catalog: CatalogStore, { signal }: UsageOptions = {}): Promise<CacheUsage> {
  signal?.throwIfAborted();
  const survey = await surveyCache(catalog.cacheDir, signal);
  const references = await readReferences(catalog, signal);
  const unreadable = await unreadableModels(catalog, survey, references);
  const models = await measureModels(survey, references.entries, signal);
  return {
    models,
    totals: measureTotals(survey, { references, models, unreadable }),
    unreadable: [...unreadable.values()],
    unmeasured: survey.unreadable.map(({ path, error }) => ({ path: cachePath(survey.cacheDir, path), error })),
  };
}
