import {
  type Arrival,
  type ArtifactDescription,
  artifactFile,
  type ArtifactLocation,
  artifactLocation,
  describeArtifact,
  openIngest,
  type OpenIngest,
  publishArtifact,
} from "@llama-orch/artifact-store";
import type { CatalogEntry, FetchedArtifact, FetchPlan, Ingest, ModelFetcher } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate, Place } from "./candidate.ts";
import { assertFetched, brokenContract } from "./check-fetcher.ts";
import { hashOptions } from "./hash-options.ts";
import { fetchContext, makePlan } from "./make-plan.ts";
import { assertSize, isTooLarge, tooLarge } from "./policy.ts";
import { fetchProgress } from "./progress.ts";
import { provenanceOf } from "./provenance.ts";
import { recorded, rehashed } from "./recorded.ts";
import { hasSameContent } from "./same-content.ts";
import { assertDeclaredDigests, isSourceVerified } from "./source-digests.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Asks the source, and brings what it has: planned, fetched into a private place, looked at, hashed.
 * @param entry what is here, if it may be believed: used where the source says that it has the same.
 */
export async function arrive(call: Call, entry: CatalogEntry | undefined, around: Surroundings): Promise<Candidate> {
  const startedMs = Date.now();
  const planned = await makePlan(call, around);
  const same = entry === undefined ? undefined : await sameContent(call, entry, { planned, around });
  if (same !== undefined) return { ...same, askedSource: true };

  const ingest = planned.location === "managed" ? await openIngest(around.catalog.cacheDir, call.id) : undefined;
  try {
    const fetched = await fetchPlanned(call, planned, ingest ?? noIngest(around.fetcher), around);
    // A fallback may have fetched by another plan than the one that was made first.
    const plan = fetched.plan ?? planned;
    await assertFetched(plan, fetched, { tree: ingest?.directory, fetcher: around.fetcher });
    const artifact = artifactOf(plan, fetched, ingest);
    const description = await hashArrived(call, artifact, fetched, around);
    assertDeclaredDigests(call.id, plan, description, artifact);
    const { cacheDir } = around.catalog;
    let published: Place | undefined;
    return {
      kind: plan.kind,
      entryPoint: fetched.entryPoint ?? plan.entryPoint,
      location: plan.location,
      description,
      where: () => (published === undefined ? artifact : artifactLocation(cacheDir, { kind: plan.kind, ...published })),
      cached: false,
      askedSource: true,
      sourceVerified: isSourceVerified(plan, fetched),
      verifiedMs: Date.now(),
      provenance: provenanceOf(call, { plan, fetched, startedMs }, around.fetcher),
      publish: async () =>
        (published ??= await publish({ id: call.id, kind: plan.kind, artifact, description, ingest, cacheDir })),
      dispose: async () => ingest?.discard(),
    };
  } catch (error) {
    // What cannot be removed is litter in a private folder; the error to tell is the one that came first.
    await ingest?.discard().catch(() => {});
    throw error;
  }
}

/** The recorded bytes, where the source says that it has just these, and they are here: by stat, or read again if the call wants that. */
async function sameContent(
  call: Call,
  entry: CatalogEntry,
  { planned, around }: { readonly planned: FetchPlan; readonly around: Surroundings },
): Promise<Candidate | undefined> {
  if (!(await hasSameContent(entry, planned, around.catalog.cacheDir))) return undefined;
  return call.verify === "always" ? rehashed(entry, call, around) : recorded(entry, around);
}

async function fetchPlanned(
  call: Call,
  plan: FetchPlan,
  ingest: Ingest,
  around: Surroundings,
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

function artifactOf(plan: FetchPlan, fetched: FetchedArtifact, ingest: OpenIngest | undefined): ArtifactLocation {
  const [first] = plan.files;
  if (ingest === undefined) return { kind: plan.kind, root: fetched.externalPath ?? "" };
  const root = ingest.directory;
  return plan.kind === "file" && first !== undefined
    ? { kind: "file", root: artifactFile({ kind: "directory", root }, first.path) }
    : { kind: "directory", root };
}

async function hashArrived(
  call: Call,
  artifact: ArtifactLocation,
  fetched: FetchedArtifact,
  around: Surroundings,
): Promise<ArtifactDescription> {
  const description = await describeArtifact(artifact, fetched.files, hashOptions(call, around));
  // A source that did not tell its sizes beforehand is held to the limit here.
  assertSize(call.id, description.sizeBytes, around.settings);
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
