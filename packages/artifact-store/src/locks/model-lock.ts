import { hash } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@llama-orch/catalog-core";
import { isNetworkFileSystem } from "./file-system.ts";
import { type KernelLock, tryKernelLock } from "./kernel-lock.ts";

/** What the holder of a lock tells those who wait for it. */
export interface HolderNote {
  readonly pid: number;
  /** When it wrote this, ms since 1970: a holder that lives writes every second. */
  readonly atMs: number;
  /** Bytes of the step under way, and of how many; `null` when nobody knows. */
  readonly doneBytes: number;
  readonly totalBytes: number | null;
}

/**
 * The lock of one model in one cache, across processes. An efficiency: two holders would do the same work twice, into
 * private folders, and publish without overwriting. So where it cannot be had, work goes on without it.
 */
export interface ModelLock {
  /**
   * `held`: this process may work. `busy`: another holder does. `unavailable`: nothing can be locked here (a read-only
   * cache, a network file system, on which locks are not believed), and everyone works for themselves.
   */
  tryHold(): "held" | "busy" | "unavailable";
  /** By the holder, for those who wait. Best effort: a note that cannot be written is none. */
  note(progress: Pick<HolderNote, "doneBytes" | "totalBytes">): Promise<void>;
  /** What the holder last said. */
  holder(): Promise<HolderNote | undefined>;
  release(): Promise<void>;
}

/**
 * Files of a lock, which are never unlinked (a lock on a name that is gone excludes nobody):
 *
 *     locks/<hash of id>.lock   empty; locked
 *     locks/<hash of id>.json   what the holder says; removed when it is done
 */
export async function openModelLock(cacheDir: string, id: string): Promise<ModelLock> {
  const stem = join(cacheDir, "locks", hash("sha256", id).slice(0, 32));
  const canLock = await prepareFolder(join(cacheDir, "locks"));
  let lock: KernelLock | undefined;
  return {
    tryHold() {
      if (!canLock) return "unavailable";
      try {
        lock ??= tryKernelLock(`${stem}.lock`);
        return lock === undefined ? "busy" : "held";
      } catch {
        return "unavailable";
      }
    },
    async note(progress) {
      if (lock === undefined) return;
      const note: HolderNote = { pid: process.pid, atMs: Date.now(), ...progress };
      await writeFile(`${stem}.json`, JSON.stringify(note)).catch(() => {});
    },
    holder: () => readNote(`${stem}.json`),
    async release() {
      if (lock === undefined) return;
      await rm(`${stem}.json`, { force: true }).catch(() => {});
      lock.release();
      lock = undefined;
    },
  };
}

async function prepareFolder(folder: string): Promise<boolean> {
  try {
    await makeFolder(folder);
    return !(await isNetworkFileSystem(folder));
  } catch {
    return false;
  }
}

/** Half a note (it is being written) is no note. */
async function readNote(path: string): Promise<HolderNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(path, "utf8"));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(note: unknown): note is HolderNote {
  return (
    typeof note === "object" &&
    note !== null &&
    "pid" in note &&
    typeof note.pid === "number" &&
    "atMs" in note &&
    typeof note.atMs === "number" &&
    "doneBytes" in note &&
    typeof note.doneBytes === "number" &&
    "totalBytes" in note &&
    (note.totalBytes === null || typeof note.totalBytes === "number")
  );
}
