import type { Timed } from "./serial-order.ts";

/** What the test tells each of its processes to do. */
export interface WorkerOrders {
  readonly cacheDir: string;
  readonly worker: number;
  readonly workers: number;
  /** How many entries of its own a worker puts. */
  readonly ownEntries: number;
  /** The entries that all workers change. */
  readonly contestedIds: readonly string[];
}

/** What a worker did to the contested entries; or the message of the error that stopped it. */
export interface WorkerReport {
  readonly contested: readonly { readonly id: string; readonly operation: Timed }[];
  readonly failure?: string;
}

export function ownId(worker: number, number: number): string {
  return `worker/${worker}/entry-${number}`;
}
