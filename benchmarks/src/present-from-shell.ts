import { spawnSync } from "node:child_process";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./median.ts";
import type { Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const command = fileURLToPath(new URL("../../packages/cli/dist/main.js", import.meta.url));
const runs = 7;
const startsPerRun = 9;

/** `model-provisioner ensure FILE` of a file that is here, against `node -e 0`: what starting Node costs anyway. */
export function presentFromShell(): Promise<readonly Row[]> {
  return withTempDir(async (folder) => {
    const model = join(folder, "model.gguf");
    await writeFile(model, Buffer.alloc(1_000_000));
    await utimes(model, new Date("2024-01-01"), new Date("2024-01-01"));
    const ensure = [command, "ensure", model, "--cache-dir", join(folder, "cache")];
    start(ensure);
    const ours: number[] = [];
    const node: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const pairs = Array.from({ length: startsPerRun }, () => [start(["-e", "0"]), start(ensure)] as const);
      node.push(median(pairs.map(([bare]) => bare)));
      ours.push(median(pairs.map(([, full]) => full)));
    }
    const ratio = median(ours) / median(node);
    return [
      {
        work: "ensure, present, from the shell",
        bar: "≤ 2 × `node -e 0`",
        result: `${ratio.toFixed(2)} × (${median(ours).toFixed(0)} ms against ${median(node).toFixed(0)} ms)`,
        isMet: ratio <= 2,
      },
    ];
  });
}

/** Milliseconds from start to end of a Node program. */
function start(args: readonly string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - startedMs;
}
