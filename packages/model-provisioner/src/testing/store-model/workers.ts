import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Order, Outcome } from "./operations.ts";

const script = join(import.meta.dirname, "..", "store-worker.ts");

/** Longer than any operation takes on a machine that is busy: what takes longer hangs. */
const hangsAfterMs = 60_000;

/** Where the workers work. */
export interface Arena extends Disposable {
  /** The caches lie below it. */
  readonly folder: string;
  /** Where the workers note what they sync; beside the folder. */
  readonly syncLog: string;
}

export function openArena(): Arena {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "store-model-"));
  const [folder, syncLog] = [join(root, "arena"), join(root, "syncs")];
  mkdirSync(folder);
  writeFileSync(syncLog, "");
  // The workers may be somebody else than this process.
  for (const path of [root, folder, syncLog]) chmodSync(path, 0o777);
  return { folder, syncLog, [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
}

/** A few processes that live as long as nobody kills them. */
export class Workers implements AsyncDisposable {
  readonly #arena: Arena;
  readonly #ready: Promise<ChildProcess>[];
  #readBytes = 0;

  constructor(count: number, arena: Arena) {
    this.#arena = arena;
    this.#ready = Array.from({ length: count }, () => this.#start());
  }

  /** Has each order done by a process of its own, all at the same time. */
  async perform(orders: readonly Order[]): Promise<readonly Outcome[]> {
    return Promise.all(orders.map((order) => this.#performOne(order)));
  }

  /** What the processes have synced and written since this was asked last, in that order. */
  newSyncs(): readonly { readonly what: "synced" | "written"; readonly inode: bigint }[] {
    const text = readFileSync(this.#arena.syncLog, "utf8");
    const lines = text.slice(this.#readBytes).split("\n").slice(0, -1);
    this.#readBytes = text.length;
    return lines.map((line) => {
      const [what, inode = ""] = line.split(" ");
      return { what: what === "synced" ? what : "written", inode: BigInt(inode) };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await Promise.allSettled(this.#ready);
    for (const worker of started) if (worker.status === "fulfilled") worker.value.kill("SIGKILL");
  }

  async #start(): Promise<ChildProcess> {
    const worker = fork(script, [this.#arena.folder, this.#arena.syncLog]);
    const ended = once(worker, "exit").then(() => "ended");
    const [first] = await Promise.race([once(worker, "message"), ended]);
    if (first !== "ready") throw new Error("A worker died before it had begun.");
    return worker;
  }

  async #performOne(order: Order): Promise<Outcome> {
    // Taken at once, so that nobody else gets the same one.
    const worker = await (this.#ready.shift() ?? this.#start());
    const outcome = await outcomeFrom(worker, order);
    this.#ready.push(outcome.came === "killed" ? this.#start() : Promise.resolve(worker));
    return outcome;
  }
}

async function outcomeFrom(worker: ChildProcess, order: Order): Promise<Outcome> {
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const onMessage = (outcome: Outcome): void => resolve(outcome);
  const onExit = (_code: number | null, signal: string | null): void => {
    if (order.kill !== undefined && signal === "SIGKILL") resolve({ came: "killed" });
    else reject(new Error(`A worker died on its own, of ${signal}: ${JSON.stringify(order)}`));
  };
  const timer = setTimeout(() => reject(new Error(`This hangs: ${JSON.stringify(order)}`)), hangsAfterMs);
  worker.once("message", onMessage).once("exit", onExit);
  worker.send(order);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.off("message", onMessage).off("exit", onExit);
  }
}
