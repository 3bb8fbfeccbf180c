import { isModelError } from "@llama-orch/catalog-core";
import type { Arrival } from "./arrival.ts";
import { type Asked, isSourceChanged } from "./ask.ts";
import { Busyness } from "./busyness.ts";
import { Growth } from "./growth.ts";
import { bringSegment, type LaneWork } from "./lane.ts";
import { retryAfterOf } from "./patience.ts";
import { Segments } from "./segments.ts";
import { validatorOf } from "./version.ts";
import type { Work } from "./work.ts";

/** How often the number of connections is thought about, in ms. */
const lookMs = 50;

/** Above this share of its time the processor is what everything waits for. */
const busyShare = 0.85;

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
  // It was asked before there was a crew, and does not know of its failure.
  failure.signal.addEventListener("abort", () => void first.answer[Symbol.asyncDispose]());
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
  readonly #busyness = new Busyness();

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
    const mayGrow = this.#doesParts && segments.hasWorkFor(this.#atWork) && this.#tellsVersions() && address.hasRoom();
    const nowMs = performance.now();
    this.#growth.look({
      nowMs,
      receivedBytes,
      leftBytes: arrival.version.sizeBytes - receivedBytes,
      connections: this.#atWork,
      isBusy: this.#busyness.share > busyShare,
      mayGrow,
    });
    const { wanted } = this.#growth;
    // One at a time where it comes back to what it had, and gave to other transfers.
    const more = mayGrow && !this.#growth.isRestingAt(nowMs) ? 1 : 0;
    const least = wanted > before ? wanted : Math.min(wanted, this.#atWork + more);
    if (this.#atWork >= least) return;
    segments.share(wanted);
    while (this.#atWork < least) this.#begin();
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
      if (failure !== undefined) {
        const isRefused = isRefusal(failure.error);
        this.#growth.shrink(performance.now(), isRefused ? "complaint" : "break", retryAfterOf(failure.error));
        // The server may allow fewer connections than there are. What it means for all of them, the last one gets to hear.
        if (isRefused && this.#atWork > 1) break;
        await this.#bear(failure.error);
      }
      if (this.#atWork > 1 && (this.#atWork > this.#growth.wanted || client.isCrowded)) break;
    }
    this.#atWork -= 1;
    await asked?.answer[Symbol.asyncDispose]();
  }

  async #bear(error: unknown): Promise<void> {
    const { patience, signal } = this.#work;
    signal.throwIfAborted();
    if (isSourceChanged(error)) throw error;
    await patience.after(error, signal);
  }
}

/** An answer by its status: 429, 503 and, on some servers, 403 where they want fewer requests. */
function isRefusal(error: unknown): boolean {
  return isModelError(error) && typeof error.facts["status"] === "number";
}
