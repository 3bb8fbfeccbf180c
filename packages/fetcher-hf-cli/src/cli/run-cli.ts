import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { keepTail } from "./output-tail.ts";
import { endOfProcess } from "./process-group.ts";

export interface CliCall {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly args: readonly string[];
  /** All of it: nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted: the whole process group is ended, and its reason is thrown when no process is left. */
  readonly signal: AbortSignal;
  /** Aborted: the group is ended as well, and the run is given as `stopped`, with what it has said. */
  readonly stop?: AbortSignal;
  /** From the request to end until it is killed, in ms. */
  readonly killAfterMs: number;
}

export interface CliRun {
  /** Absent when it was ended by a signal, or could not be started. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** Of the operating system, when it could not be started. */
  readonly startFailure?: string;
  /** By `stop`. */
  readonly stopped?: boolean;
  /** The last 64 KiB of each, without ANSI sequences. */
  readonly stdout: string;
  readonly stderr: string;
}

/** What the pipes have to give after the last process of the group is gone, in ms: they may be held by others. */
const drainMs = 100;

/**
 * Runs the CLI to its end, in a process group of its own, with stdin closed: it can ask nothing, and whatever it starts is
 * ended with it. A key pressed in a terminal does not reach it: aborting is the caller's.
 * @throws `signal.reason` untouched
 */
export async function runCli({ path, args, env, signal, stop, killAfterMs }: CliCall): Promise<CliRun> {
  signal.throwIfAborted();
  const child = execa(path, [...args], {
    env,
    extendEnv: false,
    detached: process.platform !== "win32",
    windowsHide: true,
    stdin: "ignore",
    buffer: false,
    reject: false,
    encoding: "buffer",
  });
  const [stdout, stderr] = [keepTail(child.stdout), keepTail(child.stderr)];
  const exit = exitOf(child.nodeChildProcess);
  const group = endOfProcess(child, killAfterMs);
  const end = (): void => group.end();
  for (const each of [signal, stop]) each?.addEventListener("abort", end, { once: true });
  try {
    // Not the end of its output: whoever it has started may hold that for long.
    const ended = await exit;
    await group.gone();
    await Promise.race([child, sleep(drainMs)]);
    return {
      ...ended,
      ...(stop?.aborted === true && { stopped: true }),
      stdout: stripVTControlCharacters(stdout.text()),
      stderr: stripVTControlCharacters(stderr.text()),
    };
  } finally {
    for (const each of [signal, stop]) each?.removeEventListener("abort", end);
    child.stdout?.destroy();
    child.stderr?.destroy();
    await group.gone();
    signal.throwIfAborted();
  }
}

type Exit = Pick<CliRun, "exitCode" | "signal" | "startFailure">;

function exitOf(child: ChildProcess): Promise<Exit> {
  const { promise, resolve } = Promise.withResolvers<Exit>();
  child.once("error", (error) => resolve({ startFailure: error.message }));
  child.once("exit", (exitCode, signal) =>
    resolve({ ...(exitCode !== null && { exitCode }), ...(signal !== null && { signal }) }),
  );
  return promise;
}
