/** The private place in which one artifact arrives: the only place that a fetcher may write to. */
export interface Ingest {
  /** Absolute path of a folder of this attempt alone, for tools that want a folder to write to. Targets lie below it. */
  readonly directory: string;
  /** The place for one planned file. Its folder exists. The same path gives the same target. */
  target(path: string): Promise<IngestTarget>;
}

export interface IngestTarget {
  /** Absolute path to write the bytes to. */
  readonly path: string;
  /** What an earlier attempt left at `path`, in bytes; 0 when nothing did. Trust it only as far as your journal says. */
  readonly existingBytes: number;
  /** Absolute path at which the fetcher may keep what it needs to resume this file. Not part of the artifact. */
  readonly journalPath: string;
}
