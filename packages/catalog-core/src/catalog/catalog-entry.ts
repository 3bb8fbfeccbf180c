import type { DigestText } from "../digest/digest.ts";

/** `Active`: may be served. `Retired`: kept on record, not to be used; ensuring it again makes it Active. */
export type Lifecycle = "Active" | "Retired";

/**
 * Why the bytes are believed. `verified`: a caller gave the digest, and it matched. `upstream`: the source declared
 * the digest, and it matched. `unverified`: the digest was computed here, and compared with nothing.
 */
export type Trust = "verified" | "upstream" | "unverified";

/** What the catalog knows of one model: where it lies, what it is, and why it is trusted. Plain JSON, no secrets. */
export interface CatalogEntry {
  /** The canonical reference; see `modelId`. */
  readonly id: string;
  /** `managed`: under the cache root, ours to delete. `external`: someone else's file, never touched. */
  readonly location: "managed" | "external";
  /** File or folder. Managed: relative to the cache root, `/` between segments. External: absolute. */
  readonly localPath: string;
  readonly lifecycle: Lifecycle;
  readonly kind: "file" | "directory";
  /** Directories only: the file below `localPath` that an engine opens (the first shard, say). */
  readonly entryPoint?: string;
  /** Sum over `files`. */
  readonly sizeBytes: number;
  /** Always sha256: of the file, or of the directory's listing (`directoryDigest`). */
  readonly digest: DigestText;
  readonly trust: Trust;
  /** When the bytes were last hashed, in ms since 1970. */
  readonly lastVerifiedMs: number;
  /** One for a file (its `path` is the file's name); for a directory each file below it. Never empty. */
  readonly files: readonly FileRecord[];
  /**
   * Managed models only: the boot (`bootId`) in which the bytes were written without waiting for the disk. In any other boot
   * they are hashed once before they are served, as a loss of power may have damaged them. Absent: they were synced.
   */
  readonly unsyncedBoot?: string;
  /** Other digests that callers expected of exactly these bytes, newest last, at most 8. */
  readonly checks?: readonly DigestCheck[];
  /** External models that a caller had vouched for, and that have changed since. The record itself is never demoted. */
  readonly drift?: Drift;
  readonly provenance: Provenance;
}

/** What an external model has become. Kept so that the next call need not hash it again. */
export interface Drift {
  readonly digest: DigestText;
  readonly sizeBytes: number;
  readonly files: readonly FileRecord[];
  readonly seenMs: number;
}

export interface FileRecord {
  /** Relative to the artifact, `/` between segments. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Always sha256. */
  readonly digest: DigestText;
  /** Absent when the file was too young for its stat to prove anything: then it is hashed again next time. */
  readonly stat?: FileStat;
}

/** What is compared to tell, without reading it, that a file is the one that was hashed. Decimal text: these exceed 2^53. */
export interface FileStat {
  /** Time of modification in ns since 1970. */
  readonly mtimeNs: string;
  readonly inode: string;
}

/** What came of comparing the entry's bytes with a digest other than `CatalogEntry.digest`. */
export interface DigestCheck {
  readonly expected: DigestText;
  /** Of the algorithm of `expected`. */
  readonly actual: DigestText;
  readonly checkedMs: number;
}

/** Where the bytes came from, and who brought them. */
export interface Provenance {
  /** The reference as it was asked for, redacted. */
  readonly reference: string;
  /** The place the bytes were read from: a path, or a URL without secrets. */
  readonly source: string;
  /** The immutable version that the source resolved the reference to: a commit, a manifest digest, a version id. */
  readonly revision?: string;
  /** What the source said to recognise this version by: `etag`, `lastModified`, … */
  readonly validators?: Readonly<Record<string, string>>;
  readonly fetcher: string;
  readonly fetcherVersion: string;
  /** Version of the library that wrote the record. */
  readonly toolVersion: string;
  readonly startedMs: number;
  readonly finishedMs: number;
  /** Bytes that came from the source for this artifact. 0 for a model used in place. */
  readonly movedBytes: number;
  /** Bytes that were here already and did not have to move. */
  readonly reusedBytes: number;
}
