import { join } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { collectGarbage, measureUsage } from "@llama-orch/model-provisioner";
import { fillGarbage, fillStore } from "./fill-store.ts";
import { median } from "./median.ts";
import type { Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";
import { timed } from "./timed.ts";

const runs = 5;
const sizes = [1_000, 10_000];

interface Times {
  readonly usageMs: number;
  readonly idleGcMs: number;
}

/** `usage` and `gc` of a cache of many models, and how their time grows with it. */
export async function storeGrowth(): Promise<readonly Row[]> {
  const times = [];
  for (const models of sizes) times.push({ models, ...(await withTempDir((folder) => measure(folder, models))) });
  const collected = await withTempDir(collectMany);
  return [
    growthRow(
      "usage of",
      times.map(({ models, usageMs }) => ({ models, ms: usageMs })),
    ),
    growthRow(
      "gc with nothing to collect, of",
      times.map(({ models, idleGcMs }) => ({ models, ms: idleGcMs })),
    ),
    {
      work: "gc that collects 10,000 blobs, beside 1,000 models",
      bar: "none",
      result: `${collected.toFixed(0)} ms (one run)`,
      isMet: true,
    },
  ];
}

async function measure(folder: string, models: number): Promise<Times> {
  const cacheDir = join(folder, "cache");
  await fillStore(cacheDir, models);
  const catalog = new FsCatalog(cacheDir);
  const [usage, gc]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    usage.push(await timed(() => measureUsage(catalog)));
    gc.push(await timed(() => collectGarbage(catalog, { graceMs: 0 })));
  }
  return { usageMs: median(usage), idleGcMs: median(gc) };
}

async function collectMany(folder: string): Promise<number> {
  const cacheDir = join(folder, "cache");
  await fillStore(cacheDir, 1_000);
  await fillGarbage(cacheDir, 10_000);
  return timed(async () => {
    const { items } = await collectGarbage(new FsCatalog(cacheDir), { graceMs: 0 });
    if (items.length !== 10_000) throw new Error(`${items.length} things were collected, and not 10,000`);
  });
}

interface Point {
  readonly models: number;
  readonly ms: number;
}

/** Linear would be the same time for each model, however many there are. */
function growthRow(work: string, points: readonly Point[]): Row {
  const perModel = points.map(({ models, ms }) => (1_000 * ms) / models);
  const [first = 0] = perModel;
  const growth = (perModel.at(-1) ?? 0) / first;
  const shown = points.map(({ models, ms }) => `${models.toLocaleString("en")}: ${ms.toFixed(0)} ms`).join(", ");
  return {
    work: `${work} 1,000 to 10,000 models`,
    bar: "time for each model at most 1.5 × as long at 10,000 as at 1,000",
    result: `${growth.toFixed(2)} × (${shown})`,
    isMet: growth <= 1.5,
  };
}
