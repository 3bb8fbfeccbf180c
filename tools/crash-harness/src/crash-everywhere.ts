import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Orders, ordersVariable, readTrace, type TracedCall } from "./orders.ts";

/** A program to be killed. It must do the same calls in the same order at every run. */
export interface CrashScenario {
  /** Absolute path of a module that Node can run. It is given the root as its first argument, then `args`. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Makes what is there before the program runs: a fresh folder at each call. Returns its absolute path. */
  readonly prepare: () => Promise<string>;
  /** Looks at what the dead program left. Then the root is removed. */
  readonly verify: (root: string, crash: CrashPoint) => Promise<void>;
}

/** Where the program was killed; it is what it was doing, for the message of a failed assertion. */
export interface CrashPoint {
  /** 1 for the first call that changes something. */
  readonly call: number;
  /** `rename catalog/entries/ab/….json`. */
  readonly doing: string;
  /** Killed in the middle of a write rather than before it. */
  readonly torn: boolean;
}

/**
 * Runs a program once in peace, to learn its file system calls, and then once for each of them, killed with SIGKILL
 * before it; and in the middle, where it writes data.
 *
 * Only calls that change something count: a kill before a call that does not leaves what a kill before the next one
 * that does leaves. Being killed after the last one is the run in peace, which is verified as well by the caller.
 *
 * @returns every point at which the program was killed.
 */
export async function crashEverywhere(scenario: CrashScenario): Promise<readonly CrashPoint[]> {
  const points = crashPoints(await traceCalls(scenario));
  const queue = [...points];
  async function lane(): Promise<void> {
    for (let point = queue.shift(); point !== undefined; point = queue.shift()) await crashAt(scenario, point);
  }
  await Promise.all([lane(), lane()]);
  return points;
}

/** The file system calls of a program that is left in peace, in order: reading and syncing ones too. */
export async function traceCalls({ script, args = [], prepare }: CrashScenario): Promise<readonly TracedCall[]> {
  const root = await prepare();
  const folder = await mkdtemp(join(tmpdir(), "crash-trace-"));
  const traceFile = join(folder, "calls.json");
  try {
    const ended = await run(script, [root, ...args], { root, traceFile });
    if (ended.code !== 0) throw new Error(`The program failed in peace:\n${ended.stderr}`);
    return readTrace(await readFile(traceFile, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
    await rm(root, { recursive: true, force: true });
  }
}

function crashPoints(calls: readonly TracedCall[]): readonly CrashPoint[] {
  return calls
    .filter(({ changes }) => changes)
    .flatMap(({ name, path, writes }, index) => {
      const point = { call: index + 1, doing: `${name} ${path}`, torn: false };
      return writes ? [point, { ...point, torn: true }] : [point];
    });
}

async function crashAt({ script, args = [], prepare, verify }: CrashScenario, point: CrashPoint): Promise<void> {
  const root = await prepare();
  try {
    const ended = await run(script, [root, ...args], { root, kill: { atChange: point.call, torn: point.torn } });
    if (!ended.killed) throw new Error(`The program outlived its kill before "${point.doing}":\n${ended.stderr}`);
    await verify(root, point);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  readonly stderr: string;
}

async function run(script: string, args: readonly string[], orders: Orders): Promise<Ended> {
  const preload = new URL("./preload.ts", import.meta.url).href;
  const { NODE_OPTIONS: _, ...environment } = process.env;
  const child = spawn(process.execPath, ["--import", preload, script, ...args], {
    env: { ...environment, [ordersVariable]: JSON.stringify(orders) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      // Windows has no signals: there, a process that is killed ends with code 1, and in silence.
      const killed = signal === "SIGKILL" || (process.platform === "win32" && code === 1 && stderr === "");
      resolve({ code, killed, stderr });
    });
  });
}
