import { setTimeout as sleep } from "node:timers/promises";
import type { FetchProgress } from "@llama-orch/catalog-core";
import { appearingFiles } from "./appearing-files.ts";

export interface Watching {
  /** The folder that is downloaded into. */
  readonly folder: string;
  readonly onProgress: (progress: FetchProgress) => void;
  /** Bytes that were told, by path: kept up to date. */
  readonly told: Map<string, number>;
  readonly stallTimeoutMs: number;
  /** Bytes that were put there before: the CLI reads them, and nothing appears meanwhile. */
  readonly heldBytes: number;
}

/** What is seen of a download from outside. */
export interface Watch extends AsyncDisposable {
  /** Aborted when next to nothing has appeared for too long. */
  readonly stalled: AbortSignal;
}

/** Between two looks, in ms; longer where a look itself takes long: a repository may have ten thousand files. */
const lookEveryMs = 250;
const restPerLook = 4;

/** Files whose progress is told after a look: what is told is to be watched. */
const toldPerLook = 10;

/** So many within the stall time-out, or a further file or note, are a sign of life; a line that drips is none. */
const livelyBytes = 64 * 1024;

/** The slowest that a CLI reads and hashes what it finds, in bytes a ms: on a network disk, or without SHA instructions. */
const slowestHash = 20_000;

/** Tells the progress of a download by the bytes that appear, and whether it has come to a standstill. */
export function watchDownload({ folder, onProgress, told, stallTimeoutMs, heldBytes }: Watching): Watch {
  const [stalled, over] = [new AbortController(), new AbortController()];
  const patienceMs = stallTimeoutMs + heldBytes / slowestHash;
  // What a listener throws ends the watch, and is thrown when it is disposed.
  const watching = watch();
  watching.catch(() => {});
  return {
    stalled: stalled.signal,
    async [Symbol.asyncDispose]() {
      over.abort();
      await watching;
    },
  };

  async function watch(): Promise<void> {
    let mark = { files: 0, notes: 0, bytes: 0, ms: performance.now() };
    while (!over.signal.aborted) {
      const lookedMs = performance.now();
      const { files, notes, totalBytes } = await appearingFiles(folder);
      tell(files);
      const isAlive = totalBytes - mark.bytes >= livelyBytes || files.size > mark.files || notes > mark.notes;
      if (isAlive) mark = { files: files.size, notes, bytes: totalBytes, ms: lookedMs };
      // A file that begins anew is given the time that it had left, and no more.
      mark.bytes = Math.min(mark.bytes, totalBytes);
      if (performance.now() - mark.ms > patienceMs) return stalled.abort();
      const restMs = Math.max(lookEveryMs, restPerLook * (performance.now() - lookedMs));
      await sleep(restMs, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  /** A file that begins anew, after a try that failed, is not told to have shrunk. */
  function tell(files: ReadonlyMap<string, number>): void {
    const grown = [...files].filter(([path, receivedBytes]) => receivedBytes > (told.get(path) ?? 0));
    for (const [path, receivedBytes] of grown.slice(0, toldPerLook)) {
      told.set(path, receivedBytes);
      onProgress({ path, receivedBytes, totalBytes: null, attempt: 1 });
    }
  }
}
