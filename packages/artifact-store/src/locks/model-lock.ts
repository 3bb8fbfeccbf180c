import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@llama-orch/catalog-core";
import { cacheLayout, idHash } from "../cache-layout.ts";
import { isNetworkFileSystem } from "./file-system.ts";
import { type HolderNote, notePath, readNote } from "./holder-note.ts";
import { type KernelLock, tryKernelLock } from "./kernel-lock.ts";

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
  note(progress: HolderProgress): Promise<void>;
  /** What the holder last said. */
  holder(): Promise<HolderNote | undefined>;
  release(): Promise<void>;
}

/** What a holder says of its work. */
export type HolderProgress = Pick<HolderNote, "doneBytes" | "totalBytes" | "promised">;

/**
 * Files of a lock, which are never unlinked (a lock on a name that is gone excludes nobody):
 *
 *     locks/<hash of id>.lock   empty; locked
 *     locks/<hash of id>.json   what the holder says; removed when it is done
 */
export async function openModelLock(cacheDir: string, id: string): Promise<ModelLock> {
  return openLock(cacheDir, idHash(id));
}

/** The lock of a model by the hash of its id, for whoever meets only that. */
export async function openLock(cacheDir: string, name: string): Promise<ModelLock> {
  const { locks } = cacheLayout(cacheDir);
  const lockFile = join(locks, `${name}.lock`);
  const noteFile = notePath(locks, name);
  const canLock = await prepareFolder(locks);
  let lock: KernelLock | undefined;
  return {
    tryHold() {
      if (!canLock) return "unavailable";
      try {
        lock ??= tryKernelLock(lockFile);
        return lock === undefined ? "busy" : "held";
      } catch {
        return "unavailable";
      }
    },
    async note(progress) {
      if (lock === undefined) return;
      const note: HolderNote = { pid: process.pid, atMs: Date.now(), ...progress };
      await writeFile(noteFile, JSON.stringify(note)).catch(() => {});
    },
    holder: () => readNote(noteFile),
    async release() {
      if (lock === undefined) return;
      await rm(noteFile, { force: true }).catch(() => {});
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
