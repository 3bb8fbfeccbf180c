import { isModelError } from "@llama-orch/catalog-core";
import type { Arrival } from "./arrival.ts";
import { type Asked, isSourceChanged } from "./ask.ts";
import { Growth } from "./growth.ts";
import { bringSegment, type LaneWork } from "./lane.ts";
import { Segments } from "./segments.ts";
import { validatorOf } from "./version.ts";
import type { Work } from "./work.ts";

/** How often the number of connections is thought about, in ms. */
const lookMs = 50;

/** Above this share of its time the event loop is what everything waits for. */
const busyShare = 0.9;

/**
 * Brings all that an arrival lacks, over as many connections as pay.
 * @param first an answer that is here already.
 * @throws what a connection failed with for good; everything has stopped then
 */
export async function bringAll(arrival: Arrival, work: Work, first: Asked): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([work.signal, failure.signal]);
  const crew = new Crew(arrival, { ...work, signal });
  const timer = setInterval(() => crew.look(), lookMs);
  try {
    await crew.run(first, (error) => failure.abort(error));
  } finally {
    clearInterval(timer);
  }
  signal.throwIfAborted();
}

class Crew {
  readonly #work: LaneWork;
  readonly #growth: Growth;
  readonly #lanes = new Set<Promise<void>>();
  /** Connections that have not ended, nor are about to: of those that think of ending at once, one stays. */
  #atWork = 0;
  #fail: (error: unknown) => void = () => {};
  #doesParts = true;
  #utilization = performance.eventLoopUtilization();

  constructor(arrival: Arrival, work: Work) {
    this.#growth = new Growth(work.settings.maxConnections);
    this.#work = {
      ...work,
      arrival,
      segments: new Segments(arrival.ranges.missing(arrival.version.sizeBytes)),
      connections: () => Math.max(this.#growth.wanted, this.#atWork),
      onWhole: () => {
        this.#doesParts = false;
        this.#growth.stop();
        return this.#atWork > 1;
      },
      doesParts: () => this.#doesParts,
    };
  }

  /** Until every connection has ended; new ones may begin meanwhile. */
  async run(first: Asked, fail: (error: unknown) => void): Promise<void> {
    this.#fail = fail;
    // It was asked for the part that is missing.
    if (first.offer.kind === "whole" && this.#work.arrival.heldBytes > 0) this.#work.onWhole();
    this.#begin(first);
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  look(): void {
    const { arrival, segments, address, signal } = this.#work;
    if (signal.aborted) return;
    const receivedBytes = arrival.ranges.bytes;
    const before = this.#growth.wanted;
    this.#growth.look({
      nowMs: performance.now(),
      receivedBytes,
      leftBytes: arrival.version.sizeBytes - receivedBytes,
      connections: this.#atWork,
      isBusy: this.#busyShare() > busyShare,
      mayGrow: this.#doesParts && segments.hasWorkFor(this.#atWork) && this.#tellsVersions() && address.hasRoom(),
    });
    if (this.#growth.wanted <= before) return;
    segments.share(this.#growth.wanted);
    while (this.#atWork < this.#growth.wanted) this.#begin();
  }

  /** Of the time since it was last asked, or of 250 ms. */
  #busyShare(): number {
    const now = performance.eventLoopUtilization();
    const { utilization, active, idle } = performance.eventLoopUtilization(now, this.#utilization);
    if (active + idle >= 250) this.#utilization = now;
    return utilization;
  }

  /** Parts of a source that does not cannot be put together. */
  #tellsVersions(): boolean {
    return this.#work.settings.decidingDigest !== undefined || validatorOf(this.#work.arrival.version) !== undefined;
  }

  #begin(first?: Asked): void {
    this.#atWork += 1;
    const lane = this.#lane(first).catch((error: unknown) => this.#fail(error));
    const entry = lane.finally(() => this.#lanes.delete(entry));
    this.#lanes.add(entry);
  }

  async #lane(first: Asked | undefined): Promise<void> {
    const { segments, signal, client } = this.#work;
    let asked = first;
    while (!signal.aborted) {
      const segment = segments.take(this.#work.connections());
      if (segment === undefined) break;
      const failure = await bringSegment(segment, this.#work, asked).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      asked = undefined;
      // At once: what it lacks may be brought by others while this one waits.
      segments.settle(segment);
      if (failure !== undefined) await this.#bear(failure.error);
      if (this.#atWork > 1 && (this.#atWork > this.#growth.wanted || client.isCrowded)) break;
    }
    this.#atWork -= 1;
    await asked?.answer[Symbol.asyncDispose]();
  }

  async #bear(error: unknown): Promise<void> {
    const { patience, signal } = this.#work;
    signal.throwIfAborted();
    if (isSourceChanged(error)) throw error;
    this.#growth.shrink(performance.now(), isComplaint(error) ? "complaint" : "break");
    await patience.after(error, signal);
  }
}

/** 429, and 503 with its like: the server wants fewer requests, or has trouble enough. */
function isComplaint(error: unknown): boolean {
  return isModelError(error) && (error.code === "TRANSFER_RATE_LIMITED" || error.code === "TRANSFER_STATUS");
}
