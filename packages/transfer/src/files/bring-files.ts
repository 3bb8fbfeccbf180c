import type { FetchedArtifact, FetchedFile } from "@llama-orch/catalog-core";
import { inLanes } from "./in-lanes.ts";

/** One of the files of a model, before it is here. */
export interface WantedFile {
  /** In the artifact. */
  readonly path: string;
  /** Absent when the source does not tell. */
  readonly sizeBytes?: number | undefined;
}

/** What has come of one file. */
export interface BroughtFile {
  readonly file: FetchedFile;
  readonly movedBytes: number;
  readonly reusedBytes: number;
}

export interface BringOptions<File> {
  /** Paths that need not be brought: `Ingest.present`. */
  readonly present: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** @param signal aborted, too, when another file has failed. */
  readonly bring: (file: File, signal: AbortSignal) => Promise<BroughtFile>;
}

/** Files under way at once. The connections that they share have a budget of their own. */
const lanes = 8;

/**
 * Brings the files of a model, the largest first: so no connection is left alone with one of them in the end. The first
 * failure stops the others.
 */
export async function bringFiles<File extends WantedFile>(
  files: readonly File[],
  { present, signal, bring }: BringOptions<File>,
): Promise<Pick<FetchedArtifact, "files" | "movedBytes" | "reusedBytes">> {
  const wanted = files.filter(({ path }) => !present.has(path));
  const largestFirst = wanted.toSorted((one, other) => (other.sizeBytes ?? 0) - (one.sizeBytes ?? 0));
  const brought = new Map<string, BroughtFile>();
  await inLanes(largestFirst, lanes, signal, async (file, stop) => {
    brought.set(file.path, await bring(file, stop));
  });
  const all = wanted.flatMap(({ path }) => brought.get(path) ?? []);
  return {
    files: all.map(({ file }) => file),
    movedBytes: all.reduce((sum, { movedBytes }) => sum + movedBytes, 0),
    reusedBytes: all.reduce((sum, { reusedBytes }) => sum + reusedBytes, 0),
  };
}
