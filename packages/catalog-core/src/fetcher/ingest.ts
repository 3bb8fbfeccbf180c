/** The private place in which one artifact arrives: the only place that a fetcher may write to. */
export interface Ingest {
  /**
   * Absolute path of a folder that nobody else writes to, for tools that want a folder to write to. Targets lie below it.
   * It may hold what an earlier attempt left, whose process is dead.
   */
  readonly directory: string;
  /**
   * Planned files (by path) that need not be fetched: bytes of their digest are on this machine already. They may be left out
   * of what `fetch` brings; what it brings of them all the same is used.
   */
  readonly present: ReadonlySet<string>;
  /** The place for one planned file. Its folder exists. The same path gives the same target. */
  target(path: string): Promise<IngestTarget>;
}

export interface IngestTarget {
  /** Absolute path to write the bytes to. */
  readonly path: string;
  /** What an earlier attempt left at `path`, in bytes; 0 when nothing did. Trust it only as far as your journal says. */
  readonly existingBytes: number;
  /**
   * Absolute path at which the fetcher may keep what it needs to resume this file. Not part of the artifact. What lies there
   * may be another fetcher's: recognise your own. What the file system had not yet written may be lost in another boot.
   */
  readonly journalPath: string;
}
