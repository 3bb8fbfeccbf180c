import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What the holder of a lock tells those who wait for it, and those who want to know how much room there will be. */
export interface HolderNote {
  readonly pid: number;
  /** When it wrote this, ms since 1970: a holder that lives writes every second. */
  readonly atMs: number;
  /** Bytes of the step under way, and of how many; `null` when nobody knows. */
  readonly doneBytes: number;
  readonly totalBytes: number | null;
  /** Bytes that it is yet to write to the file system of the cache, and since when it says so, ms since 1970. */
  readonly promised?: SpacePromise;
}

export interface SpacePromise {
  readonly bytes: number;
  readonly sinceMs: number;
}

export function notePath(locks: string, name: string): string {
  return join(locks, `${name}.json`);
}

/** Half a note (it is being written) is no note. */
export async function readNote(path: string): Promise<HolderNote | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(path, "utf8"));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(note: unknown): note is HolderNote {
  if (!isRecord(note)) return false;
  const { pid, atMs, doneBytes, totalBytes, promised } = note;
  const areAmounts = [pid, atMs, doneBytes].every(isAmount);
  return areAmounts && (totalBytes === null || isAmount(totalBytes)) && (promised === undefined || isPromise(promised));
}

function isPromise(promised: unknown): promised is SpacePromise {
  return isRecord(promised) && isAmount(promised["bytes"]) && isAmount(promised["sinceMs"]);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
