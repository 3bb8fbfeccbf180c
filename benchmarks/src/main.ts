import { copyAndHash } from "./copy-and-hash.ts";
import { printTable } from "./print-table.ts";
import { presentFromShell } from "./present-from-shell.ts";
import { presentInProcess } from "./present-in-process.ts";
import { presentDirectory } from "./present-directory.ts";
import { storeGrowth } from "./store-growth.ts";
import type { Benchmark } from "./row.ts";
import { waitersAfterKill } from "./waiters-after-kill.ts";

/** Every benchmark by its name. */
const benchmarks: Readonly<Record<string, Benchmark>> = {
  "present-in-process": presentInProcess,
  "present-directory": presentDirectory,
  "present-from-shell": presentFromShell,
  "copy-and-hash": copyAndHash,
  "store-growth": storeGrowth,
  "waiters-after-kill": waitersAfterKill,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(benchmarks, name));
if (unknown.length > 0) {
  console.error(`no benchmark is called ${unknown.join(", ")}; there are: ${Object.keys(benchmarks).join(", ")}`);
  process.exit(2);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`running ${name} …`);
  printTable(await run());
}
