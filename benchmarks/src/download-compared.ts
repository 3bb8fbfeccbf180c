import { writeFile } from "node:fs/promises";
import { compareTools, type ToolFigures } from "./downloads/compare-tools.ts";
import { downloadsChart } from "./downloads/downloads-chart.ts";
import { withModelServer } from "./downloads/model-server.ts";
import { curlAndSync, nativeTools } from "./downloads/native-tools.ts";
import { npmTools } from "./downloads/npm-tools.ts";
import { ourTools } from "./downloads/our-tool.ts";
import { printFigures } from "./downloads/print-figures.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";
import { seconds } from "./timed.ts";

const sizeMb = 1_024;

/** 1 GiB from nginx over HTTP and HTTPS, by every tool. Prints them all, draws the chart, and compares ours with `curl`. */
export function downloadCompared({ rounds, chartPath }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir((folder) =>
    withModelServer(folder, sizeMb, async (server) => {
      const [relaxed, full] = ourTools({ durability: "relaxed" }, { durability: "full" });
      const tools = [...nativeTools(), ...npmTools(), ...(relaxed === undefined ? [] : [relaxed])];
      const synced = [curlAndSync(), ...(full === undefined ? [] : [full])];
      const [plain = [], secure = [], onDisk = []] = await compareTools(
        server,
        [
          { url: server.url, tools },
          { url: server.secureUrl, tools },
          { url: server.url, tools: synced },
        ],
        { rounds, folder },
      );
      printFigures("HTTP", plain);
      printFigures("HTTPS", secure);
      printFigures("HTTP, and on the disk", onDisk);
      const charted = [
        { protocol: "HTTP", figures: plain },
        { protocol: "HTTPS (TLS 1.3)", figures: secure },
      ];
      await writeFile(chartPath, downloadsChart(charted));
      return [
        ...rowsAgainst("1 GiB over HTTP, verified, relaxed", "`curl`", plain),
        ...rowsAgainst("1 GiB over HTTP, verified, full", "`curl` followed by `sync FILE`", onDisk),
        ...rowsAgainst("1 GiB over HTTPS, verified, relaxed", "`curl`", secure),
        ...memoryRows([...plain, ...secure, ...onDisk]),
      ];
    }),
  );
}

/** The work is compared, in process, as a program that calls ours has it. */
function rowsAgainst(work: string, named: string, figures: readonly ToolFigures[]): readonly Row[] {
  const theirs = figures.find(({ tool }) => tool.name.startsWith("curl"));
  const ours = figures.find(isOurs);
  if (theirs === undefined || ours === undefined) return [];
  const [ratio, whole] = [ours.workMs / theirs.workMs, ours.commandMs / theirs.commandMs];
  const shown = `${seconds(ours.workMs)} in process, ${theirs.tool.name} ${seconds(theirs.workMs)}`;
  return [
    {
      work,
      bar: `≤ 1.15 × ${named}`,
      result: `${ratio.toFixed(2)} × (${shown}; whole command ${whole.toFixed(2)} ×, ${seconds(ours.commandMs)})`,
      isMet: ratio <= 1.15,
    },
  ];
}

function memoryRows(figures: readonly ToolFigures[]): readonly Row[] {
  const ours = figures.filter(isOurs).map(({ maxRssMb }) => maxRssMb);
  if (ours.length === 0) return [];
  const most = Math.max(...ours);
  const work = "peak memory of a process that downloads 1 GiB";
  return [{ work, bar: "≤ 150 MB", result: `${most.toFixed(0)} MB`, isMet: most <= 150 }];
}

function isOurs({ tool }: ToolFigures): boolean {
  return tool.kind === "ours";
}
