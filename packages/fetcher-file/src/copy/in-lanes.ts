/** Small files are all waiting; more at once are no faster. Each lane that copies has buffers of 2 MiB. */
const lanes = 4;

/**
 * The results of some work for each item, in the order of the items, with at most four under way at once.
 *
 * The first failure, or an abort, stops all of it: it is thrown as it is when nothing is under way any more.
 *
 * @param openLane makes the work of one lane: what it holds is used by one item at a time. The signal is aborted when
 *   the work is to stop.
 */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal,
  openLane: (signal: AbortSignal) => (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const failure = new AbortController();
  const stop = AbortSignal.any([signal, failure.signal]);
  const results: Result[] = [];
  const queue = items.entries();

  async function run(): Promise<void> {
    const work = openLane(stop);
    for (const [index, item] of queue) {
      if (stop.aborted) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failure.abort(error);
      }
    }
  }

  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, run));
  stop.throwIfAborted();
  return results;
}
