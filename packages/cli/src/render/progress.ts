import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { ByteRate } from "./byte-rate.ts";
import { printable } from "./printable.ts";
import { formatBytes, formatDuration } from "./quantities.ts";
import { truncate } from "./width.ts";

/** How far some work has come. */
export interface Progress {
  readonly activity: "fetching" | "copying" | "hashing" | "waiting for process";
  /** The file, relative to its artifact; the process, where it is waited for. */
  readonly path: string;
  readonly doneBytes: number;
  /** `null` when nobody knows. */
  readonly totalBytes: number | null;
}

/** The progress that an event tells of, if it does. */
export function progressOf(event: ProvisionEvent): Progress | undefined {
  if (event.type === "hash-progress") {
    return { activity: "hashing", path: event.path, doneBytes: event.hashedBytes, totalBytes: event.totalBytes };
  }
  if (event.type === "wait-progress") {
    const { holderPid, doneBytes, totalBytes } = event;
    return { activity: "waiting for process", path: String(holderPid), doneBytes, totalBytes };
  }
  if (event.type !== "fetch-progress") return undefined;
  // Files may arrive side by side: their sum is what a person can follow.
  const { receivedBytes: doneBytes, totalBytes } = event.overall;
  const activity = event.id.startsWith("file:") ? "copying" : "fetching";
  return { activity, path: event.path, doneBytes, totalBytes };
}

/** Puts progress into words, with the rate that it has. */
export class ProgressText {
  #work = "";
  #rate = new ByteRate();

  /** To be told of every step, so that the rate is right when it is asked for. */
  follow({ activity, path, doneBytes }: Progress, atMs: number): void {
    const work = activity === "hashing" ? `hashing ${path}` : activity;
    if (work !== this.#work) this.#rate = new ByteRate();
    this.#work = work;
    this.#rate.add(doneBytes, atMs);
  }

  /** @param nameColumns what the name may take; it is shortened, the figures are not. */
  text({ activity, path, doneBytes, totalBytes }: Progress, nameColumns: number): string {
    const rate = this.#rate.bytesPerSecond;
    const parts = [`${activity} ${truncate(printable(path), nameColumns)}`];
    if (totalBytes === null) parts.push(`${formatBytes(doneBytes)} so far`);
    else parts.push(percent(doneBytes, totalBytes), `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`);
    if (rate !== undefined) parts.push(`${formatBytes(rate)}/s`);
    if (rate !== undefined && rate > 0 && totalBytes !== null) {
      parts.push(`${formatDuration(((totalBytes - doneBytes) / rate) * 1000)} left`);
    }
    return parts.join("  ");
  }
}

/** Rounded down: 100 % is said when all is there, and not before. */
function percent(doneBytes: number, totalBytes: number): string {
  return `${totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100)} %`;
}
