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
  /** Over all files, where they may arrive side by side. */
  readonly doneBytes: number;
  /** `null` when nobody knows. */
  readonly totalBytes: number | null;
  /** The file's own part, where several may arrive side by side. */
  readonly file?: FileProgress;
}

/** How far one file has come. */
export interface FileProgress {
  readonly doneBytes: number;
  /** `null` when nobody knows. */
  readonly totalBytes: number | null;
  /** 1 for the first one. */
  readonly attempt: number;
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
  const { path, receivedBytes, totalBytes, attempt, overall } = event;
  return {
    activity: event.id.startsWith("file:") ? "copying" : "fetching",
    path,
    doneBytes: overall.receivedBytes,
    totalBytes: overall.totalBytes,
    file: { doneBytes: receivedBytes, totalBytes, attempt },
  };
}

/** Puts progress into words, with the rate that it has. */
export class ProgressText {
  #work = "";
  #doneBytes = 0;
  #rate = new ByteRate();

  /** To be told of every step, so that the rate is right when it is asked for. */
  follow({ activity, path, doneBytes }: Progress, atMs: number): void {
    const work = activity === "hashing" ? `hashing ${path}` : activity;
    // What shrinks was begun anew.
    if (work !== this.#work || doneBytes < this.#doneBytes) this.#rate = new ByteRate();
    this.#work = work;
    this.#doneBytes = doneBytes;
    this.#rate.add(doneBytes, atMs);
  }

  /** @param nameColumns what the name may take; it is shortened, the figures are not. */
  text(progress: Progress, nameColumns: number): string {
    const { activity, path, file } = progress;
    const name = `${activity} ${truncate(printable(path), nameColumns)}`;
    return [name, ...this.#figures(progress), ...attemptText(file)].join("  ");
  }

  /** The line below those of several files. */
  totalText(progress: Progress): string {
    return ["in all", ...this.#figures(progress)].join("  ");
  }

  #figures({ doneBytes, totalBytes }: Progress): readonly string[] {
    const parts = extentText({ doneBytes, totalBytes });
    const rate = this.#rate.bytesPerSecond;
    if (rate === undefined) return parts;
    const left = totalBytes === null || rate <= 0 ? undefined : ((totalBytes - doneBytes) / rate) * 1000;
    return [...parts, `${formatBytes(rate)}/s`, ...(left === undefined ? [] : [`${formatDuration(left)} left`])];
  }
}

/** `25 %`, `1.0 GB of 4.0 GB`; `1.0 GB so far` where nobody knows the whole. */
export function extentText({ doneBytes, totalBytes }: Omit<FileProgress, "attempt">): readonly string[] {
  if (totalBytes === null) return [`${formatBytes(doneBytes)} so far`];
  return [percent(doneBytes, totalBytes), `${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`];
}

/** A first try goes without saying. */
export function attemptText(file: FileProgress | undefined): readonly string[] {
  return file === undefined || file.attempt <= 1 ? [] : [`try ${file.attempt}`];
}

/** Rounded down: 100 % is said when all is there, and not before. */
function percent(doneBytes: number, totalBytes: number): string {
  return `${totalBytes === 0 ? 100 : Math.floor((doneBytes / totalBytes) * 100)} %`;
}
