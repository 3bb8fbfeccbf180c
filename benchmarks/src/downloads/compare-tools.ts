import { median } from "../median.ts";
import type { DownloadServer, ServerWork } from "./download-server.ts";
import type { DownloadTool } from "./download-tool.ts";
import { type MeasuredDownload, measureDownload } from "./measure-download.ts";

/** Medians of one tool's runs; of the memory, the most of any. */
export interface ToolFigures extends ServerWork {
  readonly tool: DownloadTool;
  readonly runs: number;
  readonly workMs: number;
  readonly commandMs: number;
  readonly cpuSeconds: number;
  readonly maxRssMb: number;
}

export interface Contest {
  readonly url: string;
  readonly tools: readonly DownloadTool[];
}

/** All tools of all contests, one after another, in each round; a list of figures for each contest. */
export async function compareTools(
  server: DownloadServer,
  contests: readonly Contest[],
  options: { readonly rounds: number; readonly folder: string },
): Promise<readonly (readonly ToolFigures[])[]> {
  const entries = contests.map(({ url, tools }) =>
    tools.map((tool) => ({ url, tool, runs: new Array<MeasuredDownload>() })),
  );
  for (let round = 0; round < options.rounds; round += 1) {
    console.error(`round ${round + 1} of ${options.rounds}`);
    for (const { url, tool, runs } of entries.flat())
      if (round % tool.everyNthRound === 0) {
        const run = await measureDownload(server, tool, { url, folder: options.folder }).catch(leftOut(tool));
        if (run !== undefined) runs.push(run);
      }
  }
  return entries.map((contest) =>
    contest.filter(({ runs }) => runs.length > 0).map(({ tool, runs }) => figuresOf(tool, runs)),
  );
}

/** A run of another tool that fails is told, and is none; one of ours ends everything. */
function leftOut(tool: DownloadTool): (error: unknown) => undefined {
  return (error) => {
    if (tool.kind === "ours") throw error;
    console.error(`${tool.name} has failed in this round: ${String(error).split("\n")[0]}`);
    return undefined;
  };
}

function figuresOf(tool: DownloadTool, runs: readonly MeasuredDownload[]): ToolFigures {
  return {
    tool,
    runs: runs.length,
    workMs: median(runs.map(({ workMs }) => workMs)),
    commandMs: median(runs.map(({ commandMs }) => commandMs)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    maxRssMb: Math.max(...runs.map(({ maxRssMb }) => maxRssMb)),
    requests: median(runs.map(({ requests }) => requests)),
    sentBytes: median(runs.map(({ sentBytes }) => sentBytes)),
    serverCpuSeconds: median(runs.map(({ serverCpuSeconds }) => serverCpuSeconds)),
  };
}
