/**
 * One of the processes that use a catalog at once: puts entries of its own, reads those of the others, and quarrels with
 * them about the entries that all share. Tells its parent what it did, and when.
 */
import { entryProblems } from "../entry-schema.ts";
import { FsCatalog } from "../fs-catalog.ts";
import { sampleEntry } from "./sample-entry.ts";
import type { Timed } from "./serial-order.ts";
import { ownId, type WorkerOrders, type WorkerReport } from "./worker-messages.ts";

process.once("message", (orders: WorkerOrders) => {
  void work(orders)
    .catch((error: unknown): WorkerReport => ({ contested: [], failure: String(error) }))
    .then((report) => process.send?.(report, () => process.disconnect()));
});

async function work({ cacheDir, worker, workers, ownEntries, contestedIds }: WorkerOrders): Promise<WorkerReport> {
  const catalog = new FsCatalog(cacheDir, {
    onDamaged: ({ path, problem }) => {
      throw new Error(`${path}: ${problem}`);
    },
  });
  for (let number = 0; number < ownEntries; number += 1) {
    await catalog.put(sampleEntry(ownId(worker, number), { version: ownId(worker, number) }));
    await readWhole(catalog, ownId((worker + 1) % workers, number));
  }
  const contested = [];
  for (const [index, id] of contestedIds.entries()) {
    contested.push({ id, operation: await contest(catalog, id, { version: `by ${worker}`, mix: worker + index }) });
    await readWhole(catalog, id);
  }
  for await (const entry of catalog.list()) assertWhole(entry);
  return { contested };
}

/** Half of the workers put, half set the lifecycle; others for each entry. */
async function contest(
  catalog: FsCatalog,
  id: string,
  { version, mix }: { readonly version: string; readonly mix: number },
): Promise<Timed> {
  const lifecycle = mix % 2 === 0 ? "Active" : "Retired";
  const from = process.hrtime.bigint();
  if (mix % 4 < 2) {
    await catalog.put(sampleEntry(id, { version, lifecycle }));
    return { type: "put", version, lifecycle, from, to: process.hrtime.bigint() };
  }
  await catalog.setState(id, lifecycle);
  return { type: "setState", lifecycle, from, to: process.hrtime.bigint() };
}

async function readWhole(catalog: FsCatalog, id: string): Promise<void> {
  const entry = await catalog.get(id);
  if (entry !== undefined) assertWhole(entry);
}

function assertWhole(entry: unknown): void {
  const problems = entryProblems(entry);
  if (problems.length > 0) throw new Error(`A torn read: ${problems.join("; ")}`);
}
