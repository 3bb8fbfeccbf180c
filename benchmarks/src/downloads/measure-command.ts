import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { loopbackEnvironment } from "./loopback-environment.ts";

const start = promisify(execFile);

/** For all that a tool says; far more than any of them does. */
const maxBuffer = 64 * 1024 * 1024;

export interface MeasuredCommand {
  /** From its start to its end. */
  readonly commandMs: number;
  /** User and system, of it and those that it has waited for. */
  readonly cpuSeconds: number;
  /** Of the largest of those processes. */
  readonly maxRssMb: number;
  readonly stdout: string;
}

/**
 * Runs the command under GNU `time`. Not with `spawn` alone: what a process counts as its most memory begins with that of the
 * process it was forked from, and that would be this one.
 */
export async function measureCommand(command: readonly string[]): Promise<MeasuredCommand> {
  const env = loopbackEnvironment();
  const startedMs = performance.now();
  const { stdout, stderr } = await start("time", ["-f", "\n%U %S %M", ...command], { env, maxBuffer });
  const commandMs = performance.now() - startedMs;
  const figures = stderr.trimEnd().split("\n").at(-1) ?? "";
  const [user = Number.NaN, system = Number.NaN, maxRssKb = Number.NaN] = figures.split(" ").map(Number);
  return { commandMs, cpuSeconds: user + system, maxRssMb: maxRssKb / 1_024, stdout };
}
