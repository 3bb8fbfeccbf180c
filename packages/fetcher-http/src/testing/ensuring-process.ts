import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

const script = join(import.meta.dirname, "ensure-process.ts");

/** What such a process says. */
export interface Said {
  readonly receivedBytes?: number;
  readonly event?: string;
  readonly localPath?: string;
  readonly failed?: string;
}

/** A process that ensures one reference. */
export interface EnsuringProcess {
  readonly child: ChildProcess;
  /** What it has said so far. */
  readonly said: readonly Said[];
  /** The first such saying, if need be when it comes; `undefined` when it ends without. */
  saying(predicate: (said: Said) => boolean): Promise<Said | undefined>;
  /** Resolves when it is no more. */
  readonly ended: Promise<void>;
}

export function ensureInProcess(cacheDir: string, url: string, stalledHolderMs = 60_000): EnsuringProcess {
  const child = fork(script, [cacheDir, url, String(stalledHolderMs)], { execArgv: [] });
  const said: Said[] = [];
  let look = (): void => {};
  child.on("message", (message: Said) => {
    said.push(message);
    look();
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    child,
    said,
    ended,
    async saying(predicate) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const before = look;
      look = () => {
        before();
        if (said.some(predicate)) resolve();
      };
      look();
      await Promise.race([promise, ended]);
      return said.find(predicate);
    },
  };
}
