import { setTimeout as after } from "node:timers/promises";

/** How fast bytes go out. */
export interface Pace {
  /** The most that goes out at once, in bytes. */
  readonly sliceBytes: number;
  /** Waits until so many more bytes may go. */
  next(length: number, gone: AbortSignal): Promise<void>;
}

export const unlimited: Pace = { sliceBytes: Infinity, next: async () => {} };

/**
 * Even, and true over time: each slice has its moment on one time line, so that what a timer is late by does not add up.
 * A peer that does not keep up loses its place on it, rather than getting a burst later.
 *
 * @param sliceBytes by default what goes in 10 ms.
 */
export function pace(bytesPerSecond: number, sliceBytes: number = Math.max(1, Math.floor(bytesPerSecond / 100))): Pace {
  let due = performance.now();
  return {
    sliceBytes,
    async next(length, gone) {
      due = Math.max(due, performance.now() - toleratedLagMs) + (length / bytesPerSecond) * 1000;
      const waitMs = due - performance.now();
      if (waitMs > 0) await after(waitMs, undefined, { signal: gone });
    },
  };
}

const toleratedLagMs = 100;
