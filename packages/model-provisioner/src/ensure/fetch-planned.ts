import {
  type ArtifactDescription,
  type ArtifactLocation,
  describeArtifact,
  type WriteBehind,
} from "@llama-orch/artifact-store";
import type { FetchedArtifact, FetchPlan, FetchProgress, Ingest } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { hashOptions } from "./hash-options.ts";
import { fetchContext } from "./make-plan.ts";
import { assertSize, isTooLarge, tooLarge } from "./policy.ts";
import { fetchProgress } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Fetching {
  readonly ingest: Ingest;
  readonly around: Surroundings;
  /** Where what arrives is to be on the disk before it is shown. */
  readonly behind?: WriteBehind | undefined;
}

/** Has the fetcher bring what was planned, and tells how it goes. */
export async function fetchPlanned(
  call: Call,
  plan: FetchPlan,
  { ingest, around, behind }: Fetching,
): Promise<FetchedArtifact> {
  const { fetcher, emit, settings } = around;
  emit({ type: "fetch-started", fetcher: fetcher.name, source: plan.source });
  const limit = new AbortController();
  const signal = AbortSignal.any([around.signal, limit.signal]);
  const tellProgress = fetchProgress(plan, emit, (receivedBytes) => {
    // A source that does not tell its sizes, or lies about them, is stopped on the way.
    if (isTooLarge(receivedBytes, settings)) limit.abort(tooLarge(call.id, receivedBytes, settings));
  });
  const onProgress = (progress: FetchProgress): void => {
    tellProgress(progress);
    behind?.advance(progress.path, progress.receivedBytes);
  };
  const fetched = await fetcher.fetch(plan, ingest, fetchContext(call, { ...around, signal }, onProgress));
  signal.throwIfAborted();
  await behind?.finish();
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
