import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type HashReply, type HashRequest, hashWorker } from "./hash-worker.ts";

/**
 * How many threads hash at once: one a core, and no more than the disk can feed. Each costs 1 MiB of buffer.
 * Any number of jobs share them: a worker takes requests in the order in which they come, each for a few milliseconds.
 */
const budget = Math.max(1, Math.min(4, availableParallelism()));

/** A worker without a job ends after this, in ms. It never keeps the process from ending. */
const idleMs = 5_000;

/** The last number is the newest job. */
let jobs = 0;
const pool = new Set<PooledWorker>();

/** A job's place in the pool. Its requests go to one worker, where its state is. */
export interface PoolPlace extends Disposable {
  readonly job: number;
  readonly ask: (request: HashRequest) => Promise<HashReply>;
}

export function takePlace(): PoolPlace {
  const job = (jobs += 1);
  const worker = leastLoaded();
  worker.enter();
  return { job, ask: (request) => worker.ask(request), [Symbol.dispose]: () => worker.leave() };
}

function leastLoaded(): PooledWorker {
  const [best] = [...pool].toSorted((a, b) => a.load - b.load);
  if (best !== undefined && (best.load === 0 || pool.size >= budget)) return best;
  const worker = new PooledWorker();
  pool.add(worker);
  return worker;
}

class PooledWorker {
  load = 0;
  readonly #worker = new Worker(`(${hashWorker.toString()})()`, { eval: true });
  /** One for each job at most: a job's requests follow one another. */
  readonly #waiting = new Map<number, (reply: HashReply) => void>();
  #expiry: NodeJS.Timeout | undefined;

  constructor() {
    this.#worker.on("message", (reply: HashReply) => this.#answer(reply));
    this.#worker.on("error", (cause) => this.#fail(cause));
    this.#worker.on("exit", () => this.#fail(new Error("the hashing worker has ended")));
  }

  enter(): void {
    clearTimeout(this.#expiry);
    this.load += 1;
    this.#worker.ref();
  }

  leave(): void {
    this.load -= 1;
    if (this.load > 0) return;
    this.#worker.unref();
    this.#expiry = setTimeout(() => this.#end(), idleMs).unref();
  }

  ask(request: HashRequest): Promise<HashReply> {
    const { promise, resolve } = Promise.withResolvers<HashReply>();
    if (pool.has(this)) {
      this.#waiting.set(request.job, resolve);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      this.#worker.postMessage(request);
    } else {
      resolve({ job: request.job, failed: new Error("the hashing worker has ended") });
    }
    return promise;
  }

  #answer(reply: HashReply): void {
    this.#waiting.get(reply.job)?.(reply);
    this.#waiting.delete(reply.job);
  }

  /** Out of memory, or a fault of this package: its jobs fail, and the next one gets a new worker. */
  #fail(cause: unknown): void {
    pool.delete(this);
    for (const job of this.#waiting.keys()) this.#answer({ job, failed: cause });
  }

  #end(): void {
    pool.delete(this);
    void this.#worker.terminate();
  }
}
