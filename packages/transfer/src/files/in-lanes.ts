/**
 * Some work for each item, with so many under way at once, in their order. The first failure stops all of it, and is thrown
 * as it is when nothing is under way any more.
 * @param work is given a signal that is aborted when it is to stop.
 */
export async function inLanes<Item>(
  items: readonly Item[],
  lanes: number,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const queue = items.values();
  const run = async (): Promise<void> => {
    for (const item of queue) {
      if (stop.aborted) return;
      await work(item, stop).catch((error: unknown) => failure.abort(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, run));
  stop.throwIfAborted();
}
