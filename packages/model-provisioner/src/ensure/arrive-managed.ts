import {
  artifactFile,
  type ArtifactDescription,
  type ArtifactLocation,
  artifactLocation,
  keepContent,
  type OpenIngest,
  openIngest,
  type PresentFile,
  writeBehind,
} from "@llama-orch/artifact-store";
import { type FetchedArtifact, type FetchPlan, isModelError } from "@llama-orch/catalog-core";
import type { Planned } from "./arrive.ts";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { assertFetched } from "./check-fetcher.ts";
import { fetchPlanned, hashArrived } from "./fetch-planned.ts";
import { knownContent } from "./known-content.ts";
import { provenanceOf } from "./provenance.ts";
import { Publication } from "./publication.ts";
import { assertRoom, withRoom } from "./room.ts";
import { assertDeclaredDigests, isSourceVerified } from "./source-digests.ts";
import type { TurnSurroundings } from "./surroundings.ts";

/**
 * Brings a model into a private place: what is on this machine already is linked, the rest is fetched, looked at, hashed.
 *
 * What an earlier attempt left is gone on with. If that comes to other bytes than were promised, it is not known which
 * part of them is wrong: then once more, from nothing.
 */
export async function arriveManaged(call: Call, planned: Planned, around: TurnSurroundings): Promise<Candidate> {
  const { cacheDir } = around.catalog;
  const { holdsLock } = around.turn;
  const { revision } = planned.plan;
  for (;;) {
    let ingest: OpenIngest | undefined;
    try {
      ingest = await openIngest(cacheDir, call.id, { holdsLock, revision });
      const candidate = await receive(call, planned, { ingest, around });
      if (ingest.leftBytes === 0 || isExpected(call, candidate.description)) return candidate;
      await ingest.discard();
    } catch (error) {
      if (ingest !== undefined) await letGo(ingest, error);
      const mayBeLeftovers = isDamage(error) && ingest !== undefined && ingest.leftBytes > 0;
      if (!mayBeLeftovers) throw await withRoom(error, cacheDir, planned.plan);
    }
  }
}

interface Arriving {
  readonly ingest: OpenIngest;
  readonly around: TurnSurroundings;
}

async function receive(call: Call, planned: Planned, { ingest, around }: Arriving): Promise<Candidate> {
  const { fetcher } = around;
  const { cacheDir } = around.catalog;
  const { fetched, present } = await fetchMissing(call, planned.plan, { ingest, around });
  // By another than the one that was made first: a fallback's, or one that knows now which files there are.
  const plan = fetched.plan ?? planned.plan;
  await assertFetched(plan, fetched, { tree: ingest.directory, fetcher });
  const artifact = arrivedAt(plan, ingest);
  const description = await hashArrived(call, { artifact, fetched }, around);
  assertDeclaredDigests(call.id, plan, description, artifact);
  const accepted = { cacheDir, id: call.id, kind: plan.kind, ingest, description, durability: call.durability };
  const stagedBytes = description.sizeBytes - sizeOf(present);
  const publication = new Publication({ ...accepted, plan, stagedBytes });
  return {
    kind: plan.kind,
    entryPoint: fetched.entryPoint ?? plan.entryPoint,
    location: "managed",
    description,
    where: () =>
      publication.place === undefined
        ? artifact
        : artifactLocation(cacheDir, { kind: plan.kind, ...publication.place }),
    cached: false,
    askedSource: true,
    sourceVerified: isSourceVerified(plan, fetched),
    verifiedMs: Date.now(),
    provenance: provenanceOf(call, { ...planned, plan: confirmed(plan, present), fetched }, fetcher),
    publish: () => publication.publish(),
    withdraw: (reason, isStillUnnamed) => publication.withdraw(reason, isStillUnnamed),
    keep: () => keepContent(accepted),
    dispose: () => ingest.discard(),
  };
}

interface Brought {
  readonly fetched: FetchedArtifact;
  /** What needed no fetch. */
  readonly present: readonly PresentFile[];
}

/** Fetches what is not on this machine; nothing is asked of the fetcher if all of it is. */
async function fetchMissing(call: Call, plan: FetchPlan, { ingest, around }: Arriving): Promise<Brought> {
  const { signal, emit } = around;
  const taken = await ingest.takePresent(knownContent(call, plan), { signal });
  if (taken.length > 0) emit({ type: "content-reused", files: taken.length, sizeBytes: sizeOf(taken) });
  await assertRoom(call, { plan, ingest, taken }, around);
  const isAllHere = taken.length === plan.files.length && plan.isOpen !== true;
  await using behind = call.durability === "full" ? writeBehind(ingest.directory) : undefined;
  const fetched = isAllHere ? nothingMoved : await fetchPlanned(call, plan, { ingest, around, behind });
  const notNeeded = fetched.plan === undefined ? [] : notPlannedBy(fetched.plan, taken);
  const present = await ingest.placePresent(new Set([...fetched.files.map(({ path }) => path), ...notNeeded]));
  const here = present.map(({ path, sizeBytes, digest }) => ({ path, sizeBytes, digests: [digest] }));
  const reusedBytes = fetched.reusedBytes + sizeOf(present);
  return { fetched: { ...fetched, files: [...fetched.files, ...here], reusedBytes }, present };
}

/** What is here is so by the digests of one plan: another that took its place may have something else at these paths. */
function notPlannedBy(plan: FetchPlan, taken: readonly PresentFile[]): readonly string[] {
  const planned = new Map(plan.files.map(({ path, digest }) => [path, digest]));
  return taken.filter(({ path, digest }) => planned.get(path) !== digest).map(({ path }) => path);
}

const nothingMoved: FetchedArtifact = { files: [], movedBytes: 0, reusedBytes: 0 };

/**
 * What is here by the caller's digest alone need not be what the source has: of such bytes the record claims no version, or
 * a later call with the digest of that very version would be told that the source has nothing else.
 */
function confirmed(plan: FetchPlan, present: readonly PresentFile[]): FetchPlan {
  const declared = new Set(plan.files.filter(({ digest }) => digest?.startsWith("sha256:")).map(({ path }) => path));
  if (present.every(({ path }) => declared.has(path))) return plan;
  const { revision: _, validators: __, ...unconfirmed } = plan;
  return unconfirmed;
}

function arrivedAt(plan: FetchPlan, { directory: root }: OpenIngest): ArtifactLocation {
  const [first] = plan.files;
  return plan.kind === "file" && first !== undefined
    ? { kind: "file", root: artifactFile({ kind: "directory", root }, first.path) }
    : { kind: "directory", root };
}

function isExpected({ expected }: Call, { digest }: ArtifactDescription): boolean {
  return expected?.algorithm !== "sha256" || digest === `sha256:${expected.hex}`;
}

function isDamage(error: unknown): boolean {
  return isModelError(error) && error.category === "digest-mismatch";
}

/**
 * After a failure: what has arrived is left for the next attempt, but for what no attempt can go on with, and for what
 * takes the last room on the disk. What cannot be removed is litter in a private folder; the error to tell is the one
 * that came first.
 */
async function letGo(ingest: OpenIngest, error: unknown): Promise<void> {
  const isHopeless =
    isModelError(error) &&
    (["digest-mismatch", "no-space"].includes(error.category) ||
      ["FETCHER_BROKE_CONTRACT", "NOT_ALLOWED"].includes(error.code));
  await (isHopeless ? ingest.discard() : ingest.keep()).catch(() => {});
}

function sizeOf(files: readonly PresentFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
