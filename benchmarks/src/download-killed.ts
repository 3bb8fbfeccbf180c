import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sumOfSent } from "./downloads/access-log.ts";
import { loopbackEnvironment } from "./downloads/loopback-environment.ts";
import { measureCommand } from "./downloads/measure-command.ts";
import { type ModelServer, withModelServer } from "./downloads/model-server.ts";
import { ourTools } from "./downloads/our-tool.ts";
import { median } from "./median.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const sizeMb = 1_024;

/** Of the file's bytes. */
interface Shares {
  readonly before: number;
  readonly after: number;
}

/** A download that is killed with 90 % received, and run again: what the server has sent, of both runs. */
export function downloadKilled({ rounds }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir((folder) =>
    withModelServer(folder, sizeMb, async (server) => {
      const [ours] = ourTools({ durability: "full", watched: true });
      if (ours === undefined) return [];
      const runs: Shares[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const arrivals = join(folder, "arrivals");
        await mkdir(arrivals);
        const command = ours.command({ ...server.given, url: server.slowUrl, folder: arrivals });
        runs.push(await killAndRunAgain(server, command));
        await rm(arrivals, { recursive: true });
      }
      const sums = runs.map(({ before, after }) => before + after);
      const [before, after] = [median(runs.map((run) => run.before)), median(runs.map((run) => run.after))];
      return [
        {
          work: "1 GiB, killed with 90 % received and run again",
          bar: "≤ 115 % of the file sent, both runs together",
          result: `${percent(Math.max(...sums))} at most (medians: ${percent(before)} and ${percent(after)})`,
          isMet: Math.max(...sums) <= 1.15,
        },
      ];
    }),
  );
}

async function killAndRunAgain(server: ModelServer, command: readonly string[]): Promise<Shares> {
  await server.takeRequests();
  await killWhenReceived(command, 0.9 * server.sizeBytes);
  const before = sumOfSent(await server.takeRequests());
  await measureCommand(command);
  const after = sumOfSent(await server.takeRequests());
  return { before: before / server.sizeBytes, after: after / server.sizeBytes };
}

async function killWhenReceived([program = "", ...args]: readonly string[], bytes: number): Promise<void> {
  const child = spawn(program, args, { env: loopbackEnvironment(), stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  for await (const line of createInterface(child.stdout)) {
    const [word, count] = line.split(" ");
    if (word === "received" && Number(count) >= bytes) child.kill("SIGKILL");
  }
  await ended;
  if (child.signalCode !== "SIGKILL") throw new Error(`it ended with ${child.exitCode} before it could be killed`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
