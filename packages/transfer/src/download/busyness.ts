import { cpus } from "node:os";

/** A share is taken over so long at least, in ms: the kernel counts in steps of 10 ms. */
const overMs = 200;

interface Sample {
  readonly atMs: number;
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>;
  /** ms of all processors together, since the machine was started. */
  readonly idleMs: number;
  readonly allMs: number;
}

/**
 * Whether the processor, and not the line, is what a transfer waits for: this thread's event loop, or all processors of the
 * machine, of which decryption, hashing and the server itself, if it is on the same one, take their part.
 */
export class Busyness {
  #before = sample();
  #share = 0;

  /** 0 to 1, of the busier of the two, over the last 200 ms or so. */
  get share(): number {
    if (performance.now() - this.#before.atMs < overMs) return this.#share;
    const [before, now] = [this.#before, sample()];
    const { utilization } = performance.eventLoopUtilization(now.loop, before.loop);
    const allMs = now.allMs - before.allMs;
    const machine = allMs > 0 ? 1 - (now.idleMs - before.idleMs) / allMs : 0;
    this.#before = now;
    this.#share = Math.max(utilization, machine);
    return this.#share;
  }
}

function sample(): Sample {
  const times = cpus().map((cpu) => cpu.times);
  return {
    atMs: performance.now(),
    loop: performance.eventLoopUtilization(),
    idleMs: times.reduce((sum, { idle }) => sum + idle, 0),
    allMs: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0),
  };
}
