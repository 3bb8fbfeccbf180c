import { type FetchedArtifact, isModelError } from "@llama-orch/catalog-core";
import { bringFiles } from "@llama-orch/transfer";
import { s3Error } from "../errors.ts";
import type { PlannedModel } from "../plan/planned-model.ts";
import { fetchObject } from "./fetch-object.ts";
import type { ModelFetch } from "./model-fetch.ts";

/** What is replaced more often while it is fetched is never fetched whole. */
const maxReplaced = 5;

/**
 * Brings a model, of the versions that were planned. What was replaced since is asked for anew, and brought as it is now, by
 * a plan of its own: each file is of one version.
 * @param planAgain what the reference names now.
 */
export async function fetchModel(
  planned: PlannedModel,
  how: ModelFetch,
  planAgain: () => Promise<PlannedModel>,
): Promise<FetchedArtifact> {
  const { bucket, context } = how;
  let model = planned;
  for (let replaced = 0; ; replaced += 1) {
    const { region } = bucket;
    try {
      return artifactOf(await bring(model, planned, how), model, planned);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!mayBeReplaced(error)) throw error;
      if (replaced === maxReplaced) throw replacedTooOften(model, replaced, error);
      const now = await planAgain();
      // Where nothing has changed, the error means what it says.
      if (now.plan.revision === model.plan.revision && bucket.region === region) throw error;
      context.logger.warn("begun anew: the source was replaced", { source: model.plan.source });
      model = now;
    }
  }
}

async function bring(model: PlannedModel, planned: PlannedModel, how: ModelFetch): ReturnType<typeof bringFiles> {
  const { ingest, context } = how;
  const files = [...model.objects].map(([path, object]) => ({ path, sizeBytes: object.sizeBytes, object, model }));
  return bringFiles(files, {
    present: new Set([...ingest.present].filter((path) => digestIn(model, path) === digestIn(planned, path))),
    signal: context.signal,
    bring: (file, signal) => fetchObject(file, { ...how, context: { ...context, signal } }),
  });
}

function artifactOf(
  brought: Awaited<ReturnType<typeof bring>>,
  { plan }: PlannedModel,
  planned: PlannedModel,
): FetchedArtifact {
  return {
    ...brought,
    ...(plan.validators !== undefined && { validators: plan.validators }),
    ...(plan !== planned.plan && { plan }),
  };
}

/** What is present is so by the digest of the first plan: another one may have something else at that path. */
function digestIn({ plan }: PlannedModel, path: string): string | undefined {
  return plan.files.find((file) => file.path === path)?.digest;
}

/** Failures that have to do with a version that is not there any more, or with a bucket that has moved. */
function mayBeReplaced(error: unknown): boolean {
  return (
    isModelError(error) &&
    [
      "S3_SOURCE_CHANGED",
      "S3_KEY_NOT_FOUND",
      "TRANSFER_SIZE_MISMATCH",
      "TRANSFER_SOURCE_CHANGED",
      "TRANSFER_REDIRECT_REFUSED",
    ].includes(error.code)
  );
}

function replacedTooOften({ bucket, plan }: PlannedModel, times: number, cause: unknown): Error {
  return s3Error("S3_SOURCE_CHANGED", {
    message: `${plan.source} was replaced while it was fetched, ${times + 1} times.`,
    hint: "Try again when it has settled, or name a version: s3://bucket/key?versionId=….",
    facts: { bucket, source: plan.source },
    cause,
  });
}
