import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ModelProvisioner } from "@llama-orch/model-provisioner";
import { fillCatalog } from "./fill-catalog.ts";
import { median, range } from "./median.ts";
import { medianOfPresentCalls } from "./present-calls.ts";
import type { Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const runs = 7;
const callsPerRun = 300;

/** `ensurePresentStr` of a file that is here, in a catalog of 10, 1,000 and 100,000 entries. */
export function presentInProcess(): Promise<readonly Row[]> {
  return withTempDir(async (folder) => {
    const rows: Row[] = [];
    const model = join(folder, "model.gguf");
    await writeFile(model, Buffer.alloc(1_000_000));
    await utimes(model, new Date("2024-01-01"), new Date("2024-01-01"));
    for (const entries of [10, 1_000, 100_000]) rows.push(await measure(join(folder, String(entries)), model, entries));
    return rows;
  });
}

async function measure(cacheDir: string, model: string, entries: number): Promise<Row> {
  const provisioner = ModelProvisioner.fileOnly(cacheDir);
  const { report } = await provisioner.ensurePresentStr(model);
  await fillCatalog(provisioner.catalog, `file:${model}`, entries - 1);
  if (report.cached) throw new Error("the first call must not be cached");
  const medians = [];
  for (let run = 0; run < runs; run += 1) medians.push(await medianOfPresentCalls(provisioner, model, callsPerRun));
  const result = median(medians);
  return {
    work: `ensure, one file present, in process, ${entries.toLocaleString("en")} entries`,
    bar: "≤ 0.5 ms median",
    result: `${result.toFixed(3)} ms (runs: ${range(medians, 3)})`,
    isMet: result <= 0.5,
  };
}
