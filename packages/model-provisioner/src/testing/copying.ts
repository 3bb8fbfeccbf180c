import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const script = join(import.meta.dirname, "copy-process.ts");

/** What `copy-process.ts` tells. */
export interface CopyMessage {
  /** ms since 1970. */
  readonly atMs: number;
  /** The type of an event. */
  readonly event?: string;
  /** Of `fetch-progress`: the copy is not finished. */
  readonly isPartial?: boolean;
  /** Of `fetch-finished`. */
  readonly reusedBytes?: number;
  readonly localPath?: string;
  /** The code of the error that it ended with. */
  readonly failed?: string;
}

/** A process that ensures one model by copying it. */
export interface Copying {
  readonly child: ChildProcess;
  readonly messages: readonly CopyMessage[];
  /** Whether it has told of an event of a type. */
  told(event: string): boolean;
  /** Whether it is in the middle of the copy, or was. */
  isHalfway(): boolean;
  /** The path, or the code of the error; undefined if it ended without either. */
  readonly done: Promise<string | undefined>;
}

/** @param folder holds `model.gguf`, more than 1 MiB; the process hangs halfway until there is a file `go` as well. */
export function startCopying(cacheDir: string, folder: string, stalledHolderMs: number): Copying {
  const child = fork(script, [cacheDir, folder, String(stalledHolderMs)]);
  const messages: CopyMessage[] = [];
  child.on("message", (message: CopyMessage) => void messages.push(message));
  const ending = (): string | undefined => {
    const last = messages.at(-1);
    return last?.localPath ?? last?.failed;
  };
  return {
    child,
    messages,
    told: (type) => messages.some(({ event }) => event === type),
    isHalfway: () => messages.some(({ isPartial }) => isPartial === true),
    // What it has told may come after its end was noticed.
    done: Promise.all([once(child, "exit"), once(child, "disconnect")]).then(ending),
  };
}
