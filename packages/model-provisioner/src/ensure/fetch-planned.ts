import { type ArtifactDescription, type ArtifactLocation, describeArtifact } from "@llama-orch/artifact-store";
import type { FetchedArtifact, FetchPlan, Ingest } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { hashOptions } from "./hash-options.ts";
import { fetchContext } from "./make-plan.ts";
import { assertSize, isTooLarge, tooLarge } from "./policy.ts";
import { fetchProgress } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

/** Has the fetcher bring what was planned, and tells how it goes. */
export async function fetchPlanned(
  call: Call,
  plan: FetchPlan,
  { ingest, around }: { readonly ingest: Ingest; readonly around: Surroundings },
): Promise<FetchedArtifact> {
  const { fetcher, emit, settings } = around;
  emit({ type: "fetch-started", fetcher: fetcher.name, source: plan.source });
  const limit = new AbortController();
  const signal = AbortSignal.any([around.signal, limit.signal]);
  const onProgress = fetchProgress(plan, emit, (receivedBytes) => {
    // A source that does not tell its sizes, or lies about them, is stopped on the way.
    if (isTooLarge(receivedBytes, settings)) limit.abort(tooLarge(call.id, receivedBytes, settings));
  });
  const fetched = await fetcher.fetch(plan, ingest, fetchContext(call, { ...around, signal }, onProgress));
  signal.throwIfAborted();
  emit({ type: "fetch-finished", movedBytes: fetched.movedBytes, reusedBytes: fetched.reusedBytes });
  return fetched;
}

/** What has arrived, bit by bit; what was hashed in flight is not read again. */
export async function hashArrived(
  call: Call,
  { artifact, fetched }: { readonly artifact: ArtifactLocation; readonly fetched: FetchedArtifact },
  around: Surroundings,
): Promise<ArtifactDescription> {
  const description = await describeArtifact(artifact, fetched.files, hashOptions(call, around));
  // A source that did not tell its sizes beforehand is held to the limit here.
  assertSize(call.id, description.sizeBytes, around.settings);
  return description;
}
