import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, type TestHub } from "../../tools/test-hub/src/index.ts";
import { measureCommand } from "./downloads/measure-command.ts";
import { withModelServer } from "./downloads/model-server.ts";
import { compare, show } from "./hub/compare-hub-tools.ts";
import { cliTool, hubFile, type HubTool, ours, release, serial, snapshot, withArguments } from "./hub/hub-tools.ts";
import { median } from "./median.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";
import { seconds } from "./timed.ts";

const files = 1_000;
const latencyMs = 30;
const sizeMb = 1_024;

/** From a Hub on loopback, against its own clients: a repository of small files, in three rounds at most. */
export function hubSmallFiles({ rounds }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir(async (folder) => smallFiles(folder, await cliTool(), Math.min(rounds, 3)));
}

/** The same: a file of 1 GiB, and a model that is here. */
export function hubCompared({ rounds }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir(async (folder) => {
    const cli = await cliTool();
    return [...(await largeFile(folder, cli, rounds)), ...(await presentModel(folder, cli, rounds))];
  });
}

async function smallFiles(folder: string, cli: HubTool | undefined, rounds: number): Promise<readonly Row[]> {
  await using hub = await startTestHub();
  hub.addRepository("org/small", { files: smallContents() });
  hub.inject({ kind: "latency", ms: latencyMs });
  const tools = [
    ours("hf:org/small"),
    serial,
    snapshot,
    ...(cli === undefined ? [] : [withArguments(cli, "org/small")]),
  ];
  const figures = await compare(tools, { folder, rounds, endpoint: hub.endpoint, requests: () => requestsOf(hub) });
  show(`${files} small files, ${latencyMs} ms`, figures);
  const [mine, theirs] = [figures[0], figures[1]];
  if (mine === undefined || theirs === undefined) return [];
  const ratio = theirs.workMs / mine.workMs;
  return [
    {
      work: `repository of ${files} small files, ${latencyMs} ms of latency`,
      bar: "≥ 5 × a serial client",
      result: `${ratio.toFixed(2)} × (${seconds(mine.workMs)}, serial ${seconds(theirs.workMs)})`,
      isMet: ratio >= 5,
    },
    {
      work: "requests a small file",
      bar: "≤ 2, and one for the repository",
      result: `${mine.requests} for ${files} files`,
      isMet: mine.requests <= 2 * files + 1,
    },
  ];
}

function largeFile(folder: string, cli: HubTool | undefined, rounds: number): Promise<readonly Row[]> {
  return withModelServer(folder, sizeMb, async (server) => {
    const tools = [
      ours("hf:org/repo/model.gguf"),
      hubFile(server),
      ...(cli === undefined ? [] : [withArguments(cli, "org/repo", "model.gguf")]),
    ];
    const endpoint = new URL(server.url).origin;
    const requests = async (): Promise<number> => (await server.takeRequests()).length;
    const figures = await compare(tools, { folder, rounds, endpoint, requests, sizeMb });
    show("1 GiB", figures);
    const [mine, ...others] = figures;
    if (mine === undefined || others.length === 0) return [];
    const best = others.toSorted((a, b) => a.commandMs - b.commandMs)[0] ?? mine;
    return [
      {
        work: "1 GiB from a Hub, verified",
        bar: "as fast as the fastest other client (whole command)",
        result: `${(mine.commandMs / best.commandMs).toFixed(2)} × (${seconds(mine.commandMs)}, ${best.name} ${seconds(best.commandMs)})`,
        isMet: mine.commandMs <= best.commandMs,
      },
    ];
  });
}

/** This command line against `hf download`, of a file that both have. */
async function presentModel(folder: string, cli: HubTool | undefined, rounds: number): Promise<readonly Row[]> {
  if (cli === undefined) return [];
  await using hub = await startTestHub();
  hub.addRepository("org/here", { files: { "model.gguf": "weights" } });
  const main = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
  const home = join(folder, "present");
  const env = ["env", `HF_ENDPOINT=${hub.endpoint}`, `HOME=${home}`];
  const mine = [...env, process.execPath, main, "ensure", "hf:org/here/model.gguf", "--quiet"];
  const theirs = withArguments(cli, "org/here", "model.gguf").command(hub.endpoint, home);
  const [ourMs, theirMs]: [number[], number[]] = [[], []];
  await mkdir(home);
  for (const command of [mine, theirs]) await measureCommand(command);
  for (let round = 0; round < rounds; round += 1) {
    ourMs.push((await measureCommand(mine)).commandMs);
    theirMs.push((await measureCommand(theirs)).commandMs);
  }
  const [our, their] = [median(ourMs), median(theirMs)];
  return [
    {
      work: "a model that is here, from the shell",
      bar: "faster than `hf download` of a cached file",
      result: `${(their / our).toFixed(1)} times as fast (${our.toFixed(0)} ms, hf ${release} ${their.toFixed(0)} ms)`,
      isMet: our < their,
    },
  ];
}

let counted = 0;

function requestsOf({ requests }: TestHub): number {
  const since = requests.length - counted;
  counted = requests.length;
  return since;
}

function smallContents(): Readonly<Record<string, string>> {
  const names = Array.from({ length: files }, (_none, index) => `folder-${index % 10}/file-${index}.json`);
  return Object.fromEntries(names.map((name) => [name, JSON.stringify({ name, text: "x".repeat(2_000) })]));
}
