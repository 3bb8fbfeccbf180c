import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { endOfProcess } from "./process-group.ts";
import { keepTail } from "./output-tail.ts";

export interface CliCall {
  /** Absolute path of the executable. */
  readonly path: string;
  readonly args: readonly string[];
  /** All of it: nothing is added. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborted: the whole process group is ended, and its reason is thrown when no process is left. */
  readonly signal: AbortSignal;
  /** From the request to end until it is killed, in ms. */
  readonly killAfterMs: number;
}

export interface CliRun {
  /** Absent when it was ended by a signal, or could not be started. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** Of the operating system, when it could not be started. */
  readonly startFailure?: string;
  /** The last 64 KiB of each, without ANSI sequences. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the CLI to its end, in a process group of its own, with stdin closed: it can ask nothing, and whatever it starts is
 * ended with it. A key pressed in a terminal does not reach it: aborting is the caller's.
 * @throws `signal.reason` untouched
 */
export async function runCli({ path, args, env, signal, killAfterMs }: CliCall): Promise<CliRun> {
  signal.throwIfAborted();
  const child = execa(path, [...args], {
    env,
    extendEnv: false,
    detached: process.platform !== "win32",
    windowsHide: true,
    stdin: "ignore",
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    encoding: "buffer",
  });
  const [stdout, stderr] = [keepTail(child.stdout), keepTail(child.stderr)];
  const group = endOfProcess(child, killAfterMs);
  const end = (): void => group.end();
  signal.addEventListener("abort", end, { once: true });
  try {
    const result = await child;
    return {
      ...(result.exitCode !== undefined && { exitCode: result.exitCode }),
      ...(result.signal !== undefined && { signal: result.signal }),
      ...(child.pid === undefined && { startFailure: startFailure(result.cause) }),
      stdout: stripVTControlCharacters(stdout.text()),
      stderr: stripVTControlCharacters(stderr.text()),
    };
  } finally {
    signal.removeEventListener("abort", end);
    await group.gone();
    signal.throwIfAborted();
  }
}

function startFailure(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
