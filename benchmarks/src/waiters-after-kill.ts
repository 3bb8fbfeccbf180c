import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
// The same processes as in the tests: each tells what happens to it, and the first one hangs in the middle of its copy.
import { type Copying, type CopyMessage, startCopying } from "../../packages/model-provisioner/src/testing/copying.ts";
import { median, range } from "./median.ts";
import type { Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const runs = 7;
const processes = 32;

/** From the kill of the process that copies a model until those that wait for it work, and have it. */
export async function waitersAfterKill(): Promise<readonly Row[]> {
  const figures: Figures[] = [];
  for (let run = 0; run < runs; run += 1) figures.push(await withTempDir(killTheHolder));
  const toWork = figures.map(({ toWorkMs }) => toWorkMs);
  const toFirst = figures.map(({ toFirstMs }) => toFirstMs);
  const toLast = figures.map(({ toLastMs }) => toLastMs);
  return [
    {
      work: "32 processes, the one that copies is killed: until one of the 31 others copies",
      bar: "≤ 1,000 ms",
      result: `${median(toWork)} ms (runs: ${range(toWork, 0)}); the first has the model after ${median(toFirst)} ms, the last after ${median(toLast)} ms`,
      isMet: median(toWork) <= 1_000,
    },
  ];
}

/** All in ms since the kill. */
interface Figures {
  readonly toWorkMs: number;
  readonly toFirstMs: number;
  readonly toLastMs: number;
}

async function killTheHolder(folder: string): Promise<Figures> {
  await writeFile(join(folder, "model.gguf"), Buffer.alloc(3 * 1024 * 1024));
  const all = Array.from({ length: processes }, () => startCopying(join(folder, "cache"), folder, 3_600_000));
  try {
    while (all.filter((one) => one.told("wait-started")).length < processes - 1) await sleep(50);
    const [holder] = all.filter((one) => one.isHalfway());
    if (holder === undefined) throw new Error("none of them copies");
    const killedMs = Date.now();
    holder.child.kill("SIGKILL");
    await writeFile(join(folder, "go"), "");
    const others = all.filter((one) => one !== holder);
    const paths = await Promise.all(others.map(({ done }) => done));
    if (new Set(paths).size !== 1) throw new Error(`they ended with ${paths.join(", ")}`);
    const started = timesOf(others, ({ event }) => event === "fetch-started");
    const ended = timesOf(others, ({ localPath }) => localPath !== undefined);
    return {
      toWorkMs: Math.min(...started) - killedMs,
      toFirstMs: Math.min(...ended) - killedMs,
      toLastMs: Math.max(...ended) - killedMs,
    };
  } finally {
    for (const { child } of all) child.kill("SIGKILL");
  }
}

function timesOf(all: readonly Copying[], isMeant: (message: CopyMessage) => boolean): readonly number[] {
  return all.flatMap(({ messages }) => messages.filter(isMeant).map(({ atMs }) => atMs));
}
