import { join } from "node:path";
import { parseArgs } from "node:util";
import { bucketCompared } from "./bucket-compared.ts";
import { copyAndHash } from "./copy-and-hash.ts";
import { downloadAborted } from "./download-aborted.ts";
import { downloadCompared } from "./download-compared.ts";
import { downloadKilled } from "./download-killed.ts";
import { downloadThrottled } from "./download-throttled.ts";
import { hubCompared, hubSmallFiles } from "./hub-compared.ts";
import { printTable } from "./print-table.ts";
import { presentFromShell } from "./present-from-shell.ts";
import { presentInProcess } from "./present-in-process.ts";
import { presentDirectory } from "./present-directory.ts";
import { registryCompared } from "./registry-compared.ts";
import { storeGrowth } from "./store-growth.ts";
import type { Benchmark } from "./row.ts";
import { waitersAfterKill } from "./waiters-after-kill.ts";

/** Every benchmark by its name. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  "present-in-process": presentInProcess,
  "present-directory": presentDirectory,
  "present-from-shell": presentFromShell,
  "copy-and-hash": copyAndHash,
  "download-compared": downloadCompared,
  "download-aborted": downloadAborted,
  "download-throttled": downloadThrottled,
  "download-killed": downloadKilled,
  "hub-compared": hubCompared,
  "hub-small-files": hubSmallFiles,
  "registry-compared": registryCompared,
  "bucket-compared": bucketCompared,
  "store-growth": storeGrowth,
  "waiters-after-kill": waitersAfterKill,
};

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "7" },
    "size-mb": { type: "string", default: "1024" },
    chart: { type: "string", default: join(import.meta.dirname, "../../docs/downloads.svg") },
  },
});
const names = Object.keys(benchmarks);
const unknown = wanted.filter((word) => !names.some((name) => isMeant(name, word)));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(", ")}; there are: ${names.join(", ")}`);
  process.exit(2);
}
const rounds = wholeNumber("rounds");
const sizeMb = wholeNumber("size-mb");
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.some((word) => isMeant(name, word))) continue;
  console.error(`running ${name} …`);
  printTable(await run({ rounds, sizeMb, chartPath: values.chart }));
}

/** By its name, or by the first word of it. */
function isMeant(name: string, word: string): boolean {
  return name === word || name.startsWith(`${word}-`);
}

function wholeNumber(option: "rounds" | "size-mb"): number {
  const number = Number(values[option]);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`--${option} is a whole number from 1 on, and not ${values[option]}`);
  process.exit(2);
}
