import type { DigestText } from "../digest/digest.ts";
import type { ModelRef } from "../model-ref/model-ref.ts";

/** What a fetch would bring. Made before any byte moves, where the source can answer. */
export interface FetchPlan {
  readonly ref: ModelRef;
  /** The place that the bytes would be read from, without secrets; for the record. */
  readonly source: string;
  /** `external`: the model is used where it lies, and nothing is written. `managed`: it arrives in the {@link Ingest}. */
  readonly location: "managed" | "external";
  readonly kind: "file" | "directory";
  /** The immutable version that the source resolved the reference to. What is fetched is this version, or an error. */
  readonly revision?: string;
  /** How the source lays the model out, where it knows several ways; to be told: `ModelPack`. */
  readonly layout?: string;
  /** What the source offers to recognise this version by: `etag`, `lastModified`, … */
  readonly validators?: Readonly<Record<string, string>>;
  /** One for a file. Paths are relative, `/` between segments, no `.` or `..`, none twice. */
  readonly files: readonly PlannedFile[];
  /**
   * Managed directories only: the source does not tell all files that there are before it has brought them (an archive). `files`
   * are those that it tells, or what is brought instead of them; the plan of what is fetched ({@link FetchedArtifact.plan})
   * names them all.
   */
  readonly isOpen?: boolean;
  /** Directories only: the path that an engine opens. */
  readonly entryPoint?: string;
  /** The bytes may come to share blocks with their source (a reflink): their size does not say how much room they need. */
  readonly mayShareBlocks?: boolean;
}

export interface PlannedFile {
  readonly path: string;
  /** Absent when the source does not tell. */
  readonly sizeBytes?: number;
  /** The source's own declared digest. It is verified, and makes the entry's trust `upstream`. */
  readonly digest?: DigestText;
}
