import { readFileSync } from "node:fs";
import { uptime } from "node:os";

let known: string | undefined;

/**
 * Names the time since this machine was last started: bytes that were written in another boot, and not synced, may have
 * been lost since, whatever their file's size and time say. 1 to 64 characters of `[0-9a-z-]`, for use in file names.
 *
 * Linux says it (`/proc/sys/kernel/random/boot_id`). Elsewhere it is the time of the start, in steps of ten seconds; when
 * the clock is set, it changes, and what is trusted by it is looked at once more, which does no harm.
 */
export function bootId(): string {
  known ??= linuxBootId() ?? `started-${Math.round((Date.now() / 1_000 - uptime()) / 10)}`;
  return known;
}

function linuxBootId(): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return /^[0-9a-f-]{36}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
