import type { FetchedArtifact } from "@llama-orch/catalog-core";
import type { PlannedModel } from "../plan/plan-model.ts";
import { fetchFile } from "./fetch-file.ts";
import { inLanes } from "./in-lanes.ts";
import type { BroughtFile, ModelFetch } from "./model-fetch.ts";

/** Files under way at once. The connections that they share have a budget of their own. */
const lanes = 8;

/** Brings the files of a model, the largest first: so no connection is left alone with one of them in the end. */
export async function fetchModel(model: PlannedModel, how: ModelFetch): Promise<FetchedArtifact> {
  const { ingest, context } = how;
  const wanted = [...model.files].filter(([path]) => !ingest.present.has(path));
  const largestFirst = wanted.toSorted(([, one], [, other]) => other.sizeBytes - one.sizeBytes);
  const brought = new Map<string, BroughtFile>();
  await inLanes(largestFirst, lanes, context.signal, async ([path, file], signal) => {
    brought.set(path, await fetchFile({ path, file, model }, { ...how, context: { ...context, signal } }));
  });
  const all = wanted.flatMap(([path]) => brought.get(path) ?? []);
  return {
    files: all.map(({ file }) => file),
    movedBytes: all.reduce((sum, { movedBytes }) => sum + movedBytes, 0),
    reusedBytes: all.reduce((sum, { reusedBytes }) => sum + reusedBytes, 0),
  };
}
