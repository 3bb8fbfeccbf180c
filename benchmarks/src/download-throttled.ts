import type { DownloadTool } from "./downloads/download-tool.ts";
import { type MeasuredDownload, measureDownload } from "./downloads/measure-download.ts";
import { type ModelServer, withModelServer } from "./downloads/model-server.ts";
import { nativeTools } from "./downloads/native-tools.ts";
import { ourTools } from "./downloads/our-tool.ts";
import { startThrottle, type Throttle } from "./downloads/throttle.ts";
import { median, range } from "./median.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";
import { seconds } from "./timed.ts";

const sizeMb = 1_024;
const bytesPerSecond = 20_000_000;
/** One connection takes 54 s, and what is throttled varies little. */
const maxRounds = 3;

/** 1 GiB where each connection is throttled, by ours with 8 connections and with one; beside them `aria2c -x8`. */
export function downloadThrottled({ rounds }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir((folder) =>
    withModelServer(folder, sizeMb, async (server) => {
      const throttle = await startThrottle(server.port, bytesPerSecond);
      try {
        return await measureAll(server, throttle, { folder, rounds: Math.min(rounds, maxRounds) });
      } finally {
        await throttle.close();
      }
    }),
  );
}

interface Run extends MeasuredDownload {
  /** From the last byte that was sent to the digest that was ready, by ours. */
  readonly tailMs: number;
}

async function measureAll(
  server: ModelServer,
  throttle: Throttle,
  { folder, rounds }: { readonly folder: string; readonly rounds: number },
): Promise<readonly Row[]> {
  const url = server.url.replace(`:${server.port}/`, `:${throttle.port}/`);
  const measure = async (tool: DownloadTool): Promise<Run> => {
    const measured = await measureDownload(server, tool, { url, folder });
    const readyAtMs = measured.said[4] ?? Number.NaN;
    return { ...measured, tailMs: readyAtMs - throttle.lastByteAtMs() };
  };
  const [aria2] = nativeTools("aria2c -x8");
  const [eight, one] = ourTools({ durability: "relaxed", connections: 8 }, { durability: "relaxed", connections: 1 });
  const [ofAria2, ofEight, ofOne]: [Run[], Run[], Run[]] = [[], [], []];
  for (let round = 0; round < rounds; round += 1) {
    if (aria2 !== undefined) ofAria2.push(await measure(aria2));
    if (eight !== undefined) ofEight.push(await measure(eight));
    if (one !== undefined) ofOne.push(await measure(one));
  }
  const beside = ofAria2.length === 0 ? "" : `aria2c -x8 ${seconds(medianOf(ofAria2))} (whole command)`;
  if (ofEight.length === 0) console.error(beside);
  return ofEight.length === 0 ? [] : rowsOf({ ofEight, ofOne, beside });
}

interface Measured {
  readonly ofEight: readonly Run[];
  readonly ofOne: readonly Run[];
  readonly beside: string;
}

function rowsOf({ ofEight, ofOne, beside }: Measured): readonly Row[] {
  const ratio = medianOf(ofOne) / medianOf(ofEight);
  const tails = ofEight.map(({ tailMs }) => tailMs);
  const requests = (runs: readonly Run[]): number => median(runs.map((run) => run.requests));
  return [
    {
      work: "1 GiB, each connection throttled to 20 MB/s, through 8 connections",
      bar: "≥ 6 × one connection",
      result:
        `${ratio.toFixed(2)} × (${seconds(medianOf(ofEight))}, ${requests(ofEight)} requests; ` +
        `one connection ${seconds(medianOf(ofOne))}, ${requests(ofOne)} requests; ${beside})`,
      isMet: ratio >= 6,
    },
    {
      work: "from the last of these bytes to the model, digest verified",
      bar: "≤ 100 ms (digest ready with the last byte)",
      result: `${median(tails).toFixed(0)} ms (runs: ${range(tails, 0)})`,
      isMet: median(tails) <= 100,
    },
  ];
}

function medianOf(runs: readonly Run[]): number {
  return median(runs.map(({ workMs }) => workMs));
}
