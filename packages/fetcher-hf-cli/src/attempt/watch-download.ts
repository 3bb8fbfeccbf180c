import { setTimeout as sleep } from "node:timers/promises";
import type { FetchProgress } from "@llama-orch/catalog-core";
import { hfCliError } from "../errors.ts";
import { appearingFiles } from "./appearing-files.ts";

export interface Watching {
  /** The folder that is downloaded into. */
  readonly folder: string;
  readonly onProgress: (progress: FetchProgress) => void;
  /** Of the fetch. */
  readonly signal: AbortSignal;
  readonly stallTimeoutMs: number;
  /** Bytes that were put there before: the CLI reads them, and nothing appears meanwhile. */
  readonly heldBytes: number;
}

/** What is seen of a download from outside. */
export interface Watch extends AsyncDisposable {
  /** Aborted with the fetch, and with `HF_CLI_STALLED` when nothing has appeared for too long. */
  readonly signal: AbortSignal;
}

/** Between two looks, in ms; longer where a look itself takes long: a repository may have ten thousand files. */
const lookEveryMs = 250;
const restPerLook = 4;

/** So many within the stall time-out, or a new file, are a sign of life; a line that drips is none. */
const livelyBytes = 64 * 1024;

/** The slowest that a CLI hashes what it finds, in bytes a ms: a Python without SHA instructions on an old machine. */
const slowestHash = 100_000;

/** Tells the progress of a download by the bytes that appear, and stops one that has come to a standstill. */
export function watchDownload({ folder, onProgress, signal, stallTimeoutMs, heldBytes }: Watching): Watch {
  const [stalled, over] = [new AbortController(), new AbortController()];
  const patienceMs = stallTimeoutMs + heldBytes / slowestHash;
  const told = new Map<string, number>();
  const watching = watch();
  return {
    signal: AbortSignal.any([signal, stalled.signal]),
    async [Symbol.asyncDispose]() {
      over.abort();
      await watching;
    },
  };

  async function watch(): Promise<void> {
    let mark = { files: 0, bytes: 0, ms: performance.now() };
    while (!over.signal.aborted) {
      const lookedMs = performance.now();
      const { files, totalBytes } = await appearingFiles(folder);
      for (const [path, receivedBytes] of files) tell(path, receivedBytes);
      if (totalBytes - mark.bytes >= livelyBytes || files.size > mark.files) {
        mark = { files: files.size, bytes: totalBytes, ms: lookedMs };
      }
      // A file that begins anew is given the time that it had left, and no more.
      mark.bytes = Math.min(mark.bytes, totalBytes);
      if (performance.now() - mark.ms > patienceMs) return stalled.abort(standstill(patienceMs, totalBytes));
      const restMs = Math.max(lookEveryMs, restPerLook * (performance.now() - lookedMs));
      await sleep(restMs, undefined, { signal: over.signal }).catch(() => {});
    }
  }

  /** A file that begins anew, after a try that failed, is not told to have shrunk. */
  function tell(path: string, receivedBytes: number): void {
    if (receivedBytes <= (told.get(path) ?? 0)) return;
    told.set(path, receivedBytes);
    onProgress({ path, receivedBytes, totalBytes: null, attempt: 1 });
  }
}

function standstill(patienceMs: number, receivedBytes: number): Error {
  return hfCliError("HF_CLI_STALLED", {
    message: `The Hugging Face CLI has received next to nothing for ${Math.round(patienceMs / 1_000)} s, and was stopped.`,
    hint: "Try again: what had arrived whole is kept. See whether the Hub and the proxies on the way can be reached (model-provisioner doctor).",
    facts: { stallTimeoutMs: patienceMs, receivedBytes },
  });
}
