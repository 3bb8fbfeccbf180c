import { type ArtifactDescription, type ArtifactLocation, describeArtifact } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type Digest,
  type DigestText,
  fileError,
  formatDigest,
  type Provenance,
} from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";
import type { Cargo } from "./flights.ts";

/** Bytes that are on this disk and hashed, and that a call may accept: those on record, or those that just arrived. */
export interface Candidate extends Cargo {
  readonly kind: "file" | "directory";
  readonly entryPoint: string | undefined;
  readonly location: "managed" | "external";
  readonly description: ArtifactDescription;
  /** Where the bytes lie: while they are judged, and once they are published. */
  where(): ArtifactLocation;
  /** The bytes were here; nothing was asked of the source, or the source said that it has the same. */
  readonly cached: boolean;
  /** The source was asked: it has nothing else to offer. */
  readonly askedSource: boolean;
  /** The bytes are what the source declared them to be. */
  readonly sourceVerified: boolean;
  /** When the bytes were last read and hashed, ms since 1970. */
  readonly verifiedMs: number;
  readonly provenance: Provenance;
  /** Makes the bytes visible where they are to stay. Once only, however many calls accept them. */
  publish(): Promise<Place>;
  /**
   * Takes back what was published and could not be registered, for the room that it takes, where nobody else can have come
   * to use it. If it does, nothing can be published any more: `reason` is thrown.
   */
  withdraw(reason: unknown, isStillUnnamed: () => Promise<boolean>): Promise<void>;
  /**
   * Keeps bytes that were refused, out of sight, so that whoever asks for just these soon need not have them fetched again.
   * @returns whether they are kept; what was here before is not to be kept by this.
   */
  keep(): Promise<boolean>;
}

/** Where an accepted artifact stays. */
export interface Place extends Pick<CatalogEntry, "location" | "localPath" | "files" | "unsyncedBoot"> {
  /** Bytes that came under our management by it. */
  readonly stagedBytes: number;
}

/**
 * The candidate's digest in the algorithm that a call expects.
 * @throws ModelError `DIGEST_NOT_COMPARABLE`, and those of `describeArtifact`
 */
export async function digestLike(candidate: Candidate, expected: Digest, signal: AbortSignal): Promise<DigestText> {
  const { description, kind } = candidate;
  const artifact = candidate.where();
  if (expected.algorithm === "sha256") return description.digest;
  if (kind === "directory") throw notComparable(expected);
  if (description.otherDigest?.startsWith(`${expected.algorithm}:`)) return description.otherDigest;
  const again = await describeArtifact(artifact, description.files, { alsoAlgorithm: expected.algorithm, signal });
  if (again.digest !== description.digest) throw changed(artifact.root);
  if (again.otherDigest === undefined) throw notComparable(expected);
  return again.otherDigest;
}

/** Two digests of one model must be of the same bytes. */
function changed(path: string): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} is not what it was when it was first hashed.`,
    hint: "Something changes it without its time of modification telling so; use verify: always.",
    facts: { path },
  });
}

function notComparable(expected: Digest): Error {
  return provisionerError("DIGEST_NOT_COMPARABLE", {
    message: `A directory has no ${expected.algorithm} digest.`,
    hint: "The digest of a directory is the sha256 of its listing; `model-provisioner digest PATH` prints it.",
    facts: { expected: formatDigest(expected), kind: "directory" },
  });
}
