import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { measureCommand } from "../downloads/measure-command.ts";
import { evenStart } from "../even-start.ts";
import { median } from "../median.ts";
import { printMarkdown } from "../print-table.ts";
import { seconds } from "../timed.ts";
import type { HubTool } from "./hub-tools.ts";

/** Medians of one tool's runs; of the memory, the most of any. */
export interface Figures {
  readonly name: string;
  readonly workMs: number;
  readonly commandMs: number;
  readonly maxRssMb: number;
  readonly requests: number;
}

export interface Comparison {
  readonly folder: string;
  readonly rounds: number;
  readonly endpoint: string;
  /** Since it was last asked. */
  readonly requests: () => Promise<number> | number;
  /** Of a file of 1 GiB, which wants an even start. */
  readonly sizeMb?: number;
}

export async function compare(tools: readonly HubTool[], how: Comparison): Promise<readonly Figures[]> {
  const all = tools.map((tool) => ({ tool, runs: new Array<Omit<Figures, "name">>() }));
  for (let round = 0; round < how.rounds; round += 1) {
    console.error(`round ${round + 1} of ${how.rounds}`);
    for (const { tool, runs } of all) runs.push(await measureTool(tool, how));
  }
  return all.map(({ tool, runs }) => ({
    name: tool.name,
    workMs: median(runs.map(({ workMs }) => workMs)),
    commandMs: median(runs.map(({ commandMs }) => commandMs)),
    maxRssMb: Math.max(...runs.map(({ maxRssMb }) => maxRssMb)),
    requests: median(runs.map(({ requests }) => requests)),
  }));
}

async function measureTool(tool: HubTool, how: Comparison): Promise<Omit<Figures, "name">> {
  const folder = join(how.folder, "arrivals");
  await mkdir(folder);
  if (how.sizeMb !== undefined) await evenStart(how.folder, how.sizeMb);
  await how.requests();
  const { commandMs, maxRssMb, stdout } = await measureCommand(tool.command(how.endpoint, folder));
  const requests = await how.requests();
  await rm(folder, { recursive: true });
  const said = Number(stdout.trimEnd().split("\n").at(-1));
  return { commandMs, maxRssMb, requests, workMs: tool.isNode ? said : commandMs };
}

/** Every tool beside every other. */
export function show(title: string, figures: readonly Figures[]): void {
  printMarkdown(
    [title, "whole command", "in process", "peak memory", "requests"],
    figures.map(({ name, commandMs, workMs, maxRssMb, requests }) => [
      name,
      seconds(commandMs),
      workMs === commandMs ? "" : seconds(workMs),
      `${maxRssMb.toFixed(0)} MB`,
      String(requests),
    ]),
  );
}
