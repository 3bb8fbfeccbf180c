import type {
  Digest,
  DigestAlgorithm,
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelRef,
} from "@llama-orch/catalog-core";
import type { VersionedFile } from "../file-version.ts";
import { localPathOf } from "../local-path.ts";
import { lookAtModel, sourcePath } from "../model-source.ts";
import { beginArrival } from "./begin-arrival.ts";
import { newBuffers } from "./copy-work.ts";
import { assertDistinctNames } from "./distinct-names.ts";
import { finishArrival } from "./finish-arrival.ts";
import { inLanes } from "./in-lanes.ts";
import { plannedFiles, validatorsOf } from "./planned-version.ts";
import { SpaceNeeded } from "./space-needed.ts";

/** A model that is to be brought into managed storage, as it is now. */
export async function planCopy(ref: ModelRef, { signal }: FetchContext): Promise<FetchPlan> {
  const source = await lookAtModel(localPathOf(ref), signal);
  assertDistinctNames(source);
  return {
    ref,
    source: source.root,
    location: "managed",
    kind: source.kind,
    validators: validatorsOf(source.kind, source.files),
    files: source.files.map(({ path, version }) => ({ path, sizeBytes: version.sizeBytes })),
    mayShareBlocks: true,
  };
}

/**
 * Brings what was planned: first every file that need not be copied (it shares the blocks of its source, or an earlier
 * attempt had brought it), then, if they fit, the bytes of the others. Everything is hashed.
 */
export async function copyModel(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
  const { signal, onProgress, expectedDigest } = context;
  const root = localPathOf(plan.ref);
  const wanted = (await plannedFiles(plan, root, signal)).filter(({ path }) => !ingest.present.has(path));
  const space = new SpaceNeeded(ingest.directory, totalBytes(wanted));

  const arrivals = await inLanes(wanted.toSorted(largestFirst), signal, () => async (file) => {
    const source = sourcePath({ kind: plan.kind, root }, file.path);
    return beginArrival({ ...file, source }, await ingest.target(file.path), space);
  });
  await space.assert();
  const algorithms = algorithmsFor(expectedDigest);
  const files = await inLanes(arrivals, signal, (laneSignal) => {
    const work = { buffers: newBuffers(), algorithms, signal: laneSignal, onProgress, space };
    return (arrival) => finishArrival(arrival, work);
  });

  const reusedBytes = arrivals.reduce((sum, arrival) => sum + arrival.reusedBytes, 0);
  return { files, movedBytes: totalBytes(wanted) - reusedBytes, reusedBytes };
}

function totalBytes(files: readonly VersionedFile[]): number {
  return files.reduce((sum, { version }) => sum + version.sizeBytes, 0);
}

/** So that no large one is left for the end, with a single lane to carry it. */
function largestFirst(one: VersionedFile, other: VersionedFile): number {
  return other.version.sizeBytes - one.version.sizeBytes;
}

function algorithmsFor(expected: Digest | undefined): readonly DigestAlgorithm[] {
  return [...new Set(["sha256", expected?.algorithm ?? "sha256"] as const)];
}
