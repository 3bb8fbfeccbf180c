import {
  type DigestAlgorithm,
  type DigestText,
  directoryDigest,
  type FetchedFile,
  type FileRecord,
} from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import { mapInLanes } from "./map-in-lanes.ts";
import { artifactFile, type ArtifactLocation } from "./artifact-files.ts";

/** What an artifact is, bit by bit. */
export interface ArtifactDescription {
  readonly sizeBytes: number;
  /** Always sha256: of the file, or of the directory's listing. */
  readonly digest: DigestText;
  /** Files only: the digest in the other algorithm that was asked for. */
  readonly otherDigest?: DigestText;
  readonly files: readonly FileRecord[];
}

export interface DescribeOptions {
  /** An algorithm beside sha256. Directories have none: their digest is defined as the sha256 of a listing. */
  readonly alsoAlgorithm?: Exclude<DigestAlgorithm, "sha256">;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HashProgress) => void;
}

export interface HashProgress {
  readonly path: string;
  readonly hashedBytes: number;
  readonly totalBytes: number;
}

/**
 * Hashes the files of an artifact as they lie. A file that arrived with a digest, computed in flight, is not read again.
 * @throws ModelError of `hashFile`; `signal.reason` untouched when aborted.
 */
export async function describeArtifact(
  artifact: ArtifactLocation,
  files: readonly FetchedFile[],
  options: DescribeOptions = {},
): Promise<ArtifactDescription> {
  const described = await mapInLanes(files, lanes, (file) => describeFile(artifact, file, options));
  const records = described.map(({ record }) => record);
  const [first] = described;
  const single = artifact.kind === "file" ? first : undefined;
  return {
    sizeBytes: records.reduce((sum, record) => sum + record.sizeBytes, 0),
    digest: single?.record.digest ?? directoryDigest(records),
    ...(single?.otherDigest !== undefined && { otherDigest: single.otherDigest }),
    files: records,
  };
}

/** Files that are open at once. The hashing itself shares a few workers; more lanes than those hide the waits between. */
const lanes = 8;

interface DescribedFile {
  readonly record: FileRecord;
  readonly otherDigest: DigestText | undefined;
}

async function describeFile(
  artifact: ArtifactLocation,
  file: FetchedFile,
  options: DescribeOptions,
): Promise<DescribedFile> {
  const { alsoAlgorithm, signal, onProgress } = options;
  const other = artifact.kind === "file" ? alsoAlgorithm : undefined;
  const algorithms: readonly DigestAlgorithm[] = other === undefined ? ["sha256"] : ["sha256", other];
  const inFlight = algorithms.map((algorithm) => file.digests?.find((digest) => digest.startsWith(`${algorithm}:`)));
  const [sha256, otherDigest] = inFlight;
  if (sha256 !== undefined && !inFlight.includes(undefined)) {
    return { record: { path: file.path, sizeBytes: file.sizeBytes, digest: sha256 }, otherDigest };
  }
  const hash = await hashFile(artifactFile(artifact, file.path), {
    algorithms,
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: (hashedBytes) => onProgress({ path: file.path, hashedBytes, totalBytes: file.sizeBytes }),
    }),
  });
  const [digest, second] = hash.digests;
  if (digest === undefined) throw new Error("hashFile gave no digest"); // unreachable: one algorithm at least was asked for
  return {
    record: { path: file.path, sizeBytes: hash.sizeBytes, digest, ...(hash.stat && { stat: hash.stat }) },
    otherDigest: second,
  };
}
