import type { FetchedArtifact } from "@llama-orch/catalog-core";
import { bringFiles } from "@llama-orch/transfer";
import type { PlannedModel } from "../plan/plan-model.ts";
import { fetchFile } from "./fetch-file.ts";
import type { ModelFetch } from "./model-fetch.ts";

/** Brings the files of a model that are not here. */
export async function fetchModel(model: PlannedModel, how: ModelFetch): Promise<FetchedArtifact> {
  const { ingest, context } = how;
  const files = [...model.files].map(([path, file]) => ({ path, sizeBytes: file.sizeBytes, file, model }));
  return bringFiles(files, {
    present: ingest.present,
    signal: context.signal,
    bring: (file, signal) => fetchFile(file, { ...how, context: { ...context, signal } }),
  });
}
