import { writeFile } from "node:fs/promises";
import { compareTools } from "./downloads/compare-tools.ts";
import { downloadsChart } from "./downloads/downloads-chart.ts";
import { withModelServer } from "./downloads/model-server.ts";
import { curlAndSync, nativeTools } from "./downloads/native-tools.ts";
import { npmTools } from "./downloads/npm-tools.ts";
import { ourTools } from "./downloads/our-tool.ts";
import { printFigures } from "./downloads/print-figures.ts";
import { memoryRows, rowsAgainst } from "./downloads/rows-against.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const sizeMb = 1_024;
const curl = { rivals: ["curl"], most: 1.15, named: "`curl`" };
const curlAndDisk = { rivals: ["curl, then sync"], most: 1.15, named: "`curl` followed by `sync FILE`" };

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
        ...rowsAgainst(plain, { ...curl, work: "1 GiB over HTTP, verified, relaxed" }),
        ...rowsAgainst(onDisk, { ...curlAndDisk, work: "1 GiB over HTTP, verified, full" }),
        ...rowsAgainst(secure, { ...curl, work: "1 GiB over HTTPS, verified, relaxed" }),
        ...memoryRows([...plain, ...secure, ...onDisk], "peak memory of a process that downloads 1 GiB"),
      ];
    }),
  );
}
