import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FsCatalog } from "./fs-catalog.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";
import { isExplained, type Timed } from "./testing/serial-order.ts";
import { ownId, type WorkerOrders, type WorkerReport } from "./testing/worker-messages.ts";

const workers = 8;
const ownEntries = 20;
const contestedIds = Array.from({ length: 24 }, (_, number) => `contested/${number}`);

test(
  "defect 2: eight processes use one catalog: no lost record, no torn read, and one order explains each entry",
  { timeout: 60_000 },
  async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    const first: Timed = { type: "put", version: "first", lifecycle: "Active", from: 0n, to: 0n };
    for (const id of contestedIds) await catalog.put(sampleEntry(id, { version: "first" }));

    const reports = await Promise.all(
      Array.from({ length: workers }, async (_, worker) =>
        runWorker({ cacheDir, worker, workers, ownEntries, contestedIds }),
      ),
    );

    expect(reports.filter(({ failure }) => failure !== undefined)).toEqual([]);
    const own = Array.from({ length: workers * ownEntries }, (_, all) =>
      ownId(all % workers, Math.floor(all / workers)),
    );
    const entries = await collect(catalog.list());
    expect(entries.map(({ id }) => id).toSorted()).toEqual([...own, ...contestedIds].toSorted());

    for (const entry of entries.filter(({ id }) => contestedIds.includes(id))) {
      const operations = reports.flatMap(({ contested }) =>
        contested.filter(({ id }) => id === entry.id).map(({ operation }) => operation),
      );
      expect(operations).toHaveLength(workers);
      expect(isExplained(entry, [first, ...operations]), `${entry.id} is not explained`).toBe(true);
    }
    await expect(catalog.repair()).resolves.toMatchObject({ quarantined: [], newer: [] });
  },
);

async function runWorker(orders: WorkerOrders): Promise<WorkerReport> {
  const script = join(import.meta.dirname, "testing", "catalog-worker.ts");
  const child = fork(script, { execArgv: [], serialization: "advanced" });
  child.send(orders);
  const report = new Promise<WorkerReport>((resolve, reject) => {
    child.once("message", (message: WorkerReport) => resolve(message));
    // Its end may be noticed before what it said, and the end of the line is not.
    child.once("disconnect", () => reject(new Error("A worker ended and said nothing.")));
  });
  await once(child, "exit");
  return report;
}
