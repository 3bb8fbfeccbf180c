import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type HashDrop, type HashReply, type HashRequest, hashWorker } from "./hash-worker.ts";

/**
 * How many threads hash at once: one a core, and no more than the disk can feed. Each costs 1 MiB of buffer.
 * Any number of jobs share them: a worker takes requests in the order in which they come, each for a few milliseconds.
 */
const budget = Math.max(1, Math.min(4, availableParallelism()));

/** Requests that a worker has been sent: while it answers one, it has the next. */
const maxUnderWay = 2;

/** A worker without a job ends after this, in ms. It never keeps the process from ending. */
const idleMs = 5_000;

/** The last number is the newest job. */
let jobs = 0;
const pool = new Set<PooledWorker>();

/** A job's place in the pool. Its requests go to one worker, where its state is. */
export interface PoolPlace extends Disposable {
  readonly job: number;
  readonly ask: (request: HashRequest) => Promise<HashReply>;
  /** Answers what waits for its turn as if the file ended before it. What is under way is not disturbed. */
  readonly withdraw: () => void;
  /** Whether other jobs have asked the same worker for something that is not answered yet. */
  readonly isShared: () => boolean;
}

export function takePlace(): PoolPlace {
  const job = (jobs += 1);
  const worker = leastLoaded();
  worker.enter();
  return {
    job,
    ask: (request) => worker.ask(request),
    withdraw: () => worker.withdraw(job),
    isShared: () => worker.isAskedByOthers(job),
    [Symbol.dispose]: () => worker.leave(job),
  };
}

function leastLoaded(): PooledWorker {
  const [best] = [...pool].toSorted((a, b) => a.load - b.load);
  if (best !== undefined && (best.load === 0 || pool.size >= budget)) return best;
  const worker = new PooledWorker();
  pool.add(worker);
  return worker;
}

interface Asked {
  readonly request: HashRequest;
  readonly answer: (reply: HashReply) => void;
}

class PooledWorker {
  load = 0;
  /** It takes over nothing that the process was started with, such as modules to load first: it needs none of it. */
  readonly #worker = new Worker(`(${hashWorker.toString()})()`, { eval: true, execArgv: [], env: {} });
  /** In the order of their answers. */
  readonly #underWay: Asked[] = [];
  /** Requests wait here, and not in the worker's own queue: from there none could be withdrawn. */
  #waiting: Asked[] = [];
  #expiry: NodeJS.Timeout | undefined;

  constructor() {
    this.#worker.on("message", (reply: HashReply) => this.#answer(reply));
    this.#worker.on("error", (cause) => this.#fail(`the hashing thread failed (${cause.message})`));
    this.#worker.on("exit", () => this.#fail("the hashing thread has ended"));
  }

  enter(): void {
    clearTimeout(this.#expiry);
    this.load += 1;
    this.#worker.ref();
  }

  leave(job: number): void {
    this.#post({ job, type: "drop" });
    this.load -= 1;
    if (this.load > 0) return;
    this.#worker.unref();
    this.#expiry = setTimeout(() => this.#end(), idleMs).unref();
  }

  ask(request: HashRequest): Promise<HashReply> {
    const { promise, resolve } = Promise.withResolvers<HashReply>();
    if (pool.has(this)) {
      this.#waiting.push({ request, answer: resolve });
      this.#next();
    } else {
      resolve({ job: request.job, failed: { message: "the hashing thread has ended" } });
    }
    return promise;
  }

  isAskedByOthers(job: number): boolean {
    return [...this.#underWay, ...this.#waiting].some(({ request }) => request.job !== job);
  }

  withdraw(job: number): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const asked of waiting) {
      const { request, answer } = asked;
      if (request.job === job && request.type === "update") answer({ job, hashedTo: request.from });
      else this.#waiting.push(asked);
    }
  }

  #next(): void {
    while (this.#underWay.length < maxUnderWay) {
      const asked = this.#waiting.shift();
      if (asked === undefined) return;
      this.#underWay.push(asked);
      this.#post(asked.request);
    }
  }

  #answer(reply: HashReply): void {
    const answered = this.#underWay.shift();
    this.#next();
    answered?.answer(reply);
  }

  #post(message: HashRequest | HashDrop): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(message);
  }

  /** Out of memory, or a fault of this package: its jobs fail, and the next one gets a new worker. */
  #fail(message: string): void {
    pool.delete(this);
    const failed = [...this.#underWay.splice(0), ...this.#waiting.splice(0)];
    for (const asked of failed) asked.answer({ job: asked.request.job, failed: { message } });
  }

  #end(): void {
    pool.delete(this);
    void this.#worker.terminate();
  }
}
