import {
  type Arrival,
  type ArtifactDescription,
  type ArtifactLocation,
  artifactLocation,
  describeArtifact,
  openIngest,
  type OpenIngest,
  publishArtifact,
} from "@llama-orch/artifact-store";
import type {
  CatalogEntry,
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelFetcher,
} from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate, Place } from "./candidate.ts";
import { assertFetched, assertPlan, brokenContract } from "./check-fetcher.ts";
import { assertOnline, assertSize } from "./policy.ts";
import { fetchProgress, hashProgress, plannedBytes } from "./progress.ts";
import { provenanceOf } from "./provenance.ts";
import { recorded } from "./recorded.ts";
import { hasSameContent } from "./same-content.ts";
import { assertDeclaredDigests, isSourceVerified } from "./source-digests.ts";
import type { Surroundings } from "./surroundings.ts";

/** Asks the source, and brings what it has: planned, fetched into a private place, looked at, hashed. */
export async function arrive(call: Call, entry: CatalogEntry | undefined, around: Surroundings): Promise<Candidate> {
  const startedMs = Date.now();
  const plan = await makePlan(call, around);
  if (entry !== undefined && (await hasSameContent(entry, plan, around.catalog.cacheDir)))
    return recorded(entry, around);

  const ingest = plan.location === "managed" ? await openIngest(around.catalog.cacheDir, call.id) : undefined;
  try {
    const fetched = await fetchPlanned(call, plan, ingest ?? noIngest(around.fetcher), around);
    const artifact = artifactOf(plan, fetched, ingest);
    await assertFetched(plan, fetched, artifact, around.fetcher);
    const description = await hashArrived(call, artifact, fetched, around);
    assertDeclaredDigests(call.id, plan, description, artifact);
    const { cacheDir } = around.catalog;
    let published: Place | undefined;
    return {
      kind: plan.kind,
      entryPoint: fetched.entryPoint ?? plan.entryPoint,
      description,
      get artifact() {
        return published === undefined ? artifact : artifactLocation(cacheDir, { kind: plan.kind, ...published });
      },
      cached: false,
      sourceVerified: isSourceVerified(plan, fetched),
      verifiedMs: Date.now(),
      provenance: provenanceOf(call, { plan, fetched, startedMs }, around.fetcher),
      publish: async () =>
        (published ??= await publish({ id: call.id, kind: plan.kind, artifact, description, ingest, cacheDir })),
      dispose: async () => ingest?.discard(),
    };
  } catch (error) {
    await ingest?.discard();
    throw error;
  }
}

/** What the source has, checked before anything is done by it. */
export async function makePlan(call: Call, around: Surroundings): Promise<FetchPlan> {
  const { fetcher, settings, signal, emit } = around;
  assertOnline(call.id, fetcher, call.offline);
  const plan = await fetcher.plan(
    call.ref,
    fetchContext(call, around, () => {}),
  );
  signal.throwIfAborted();
  assertPlan(plan, fetcher);
  const totalBytes = plannedBytes(plan);
  assertSize(call.id, totalBytes ?? 0, settings);
  const { source, revision, files } = plan;
  emit({ type: "plan-made", source, ...(revision !== undefined && { revision }), files: files.length, totalBytes });
  return plan;
}

async function fetchPlanned(
  call: Call,
  plan: FetchPlan,
  ingest: Ingest,
  around: Surroundings,
): Promise<FetchedArtifact> {
  const { fetcher, emit, signal } = around;
  emit({ type: "fetch-started", fetcher: fetcher.name, source: plan.source });
  const fetched = await fetcher.fetch(plan, ingest, fetchContext(call, around, fetchProgress(plan, emit)));
  signal.throwIfAborted();
  emit({ type: "fetch-finished", movedBytes: fetched.movedBytes, reusedBytes: fetched.reusedBytes });
  return fetched;
}

function fetchContext(call: Call, around: Surroundings, onProgress: FetchContext["onProgress"]): FetchContext {
  const { signal, settings } = around;
  const { correlationId, expected } = call;
  return { signal, onProgress, logger: settings.logger, correlationId, ...(expected && { expectedDigest: expected }) };
}

function artifactOf(plan: FetchPlan, fetched: FetchedArtifact, ingest: OpenIngest | undefined): ArtifactLocation {
  const [first] = plan.files;
  if (ingest === undefined) return { kind: plan.kind, root: fetched.externalPath ?? "" };
  const root = ingest.tree;
  return plan.kind === "file" && first !== undefined
    ? { kind: "file", root: `${root}/${first.path}` }
    : { kind: "directory", root };
}

async function hashArrived(
  call: Call,
  artifact: ArtifactLocation,
  fetched: FetchedArtifact,
  { signal, emit, settings }: Surroundings,
): Promise<ArtifactDescription> {
  const description = await describeArtifact(artifact, fetched.files, {
    ...(call.expected?.algorithm === "sha512" && { alsoAlgorithm: "sha512" }),
    signal,
    onProgress: hashProgress(emit),
  });
  // A source that did not tell its sizes beforehand is held to the limit here.
  assertSize(call.id, description.sizeBytes, settings);
  return description;
}

/** An arrival that a call has accepted. */
interface Accepted extends Omit<Arrival, "ingest"> {
  readonly artifact: ArtifactLocation;
  /** None for a model that is used in place. */
  readonly ingest: OpenIngest | undefined;
}

async function publish({ ingest, artifact, ...accepted }: Accepted): Promise<Place> {
  const { description } = accepted;
  if (ingest === undefined) {
    return { location: "external", localPath: artifact.root, files: description.files, stagedBytes: 0 };
  }
  const { localPath, files } = await publishArtifact({ ...accepted, ingest });
  return { location: "managed", localPath, files, stagedBytes: description.sizeBytes };
}

/** For models that are used in place: there is nothing to write, and a read-only cache is no obstacle. */
function noIngest(fetcher: ModelFetcher): Ingest {
  return {
    directory: "",
    target: () => Promise.reject(brokenContract(fetcher, "wanted to write for a model that is used in place")),
  };
}
