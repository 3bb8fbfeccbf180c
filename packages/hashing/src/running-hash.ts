import type { DigestAlgorithm, DigestText } from "@llama-orch/catalog-core";
import { takePlace } from "./hash-pool.ts";
import type { HashReply } from "./hash-worker.ts";

/**
 * Bytes per request: the worker is busy with them for some 8 ms, so that many files take turns and a stop is prompt,
 * and waits some 0.05 ms for the next ones, which costs less than a hundredth.
 */
const sliceBytes = 8 * 1024 * 1024;

/** A hash of a file from its first byte on, computed beside the main thread. One call at a time. */
export class RunningHash {
  readonly #place = takePlace();
  readonly #fd: number;
  readonly #algorithms: readonly DigestAlgorithm[];
  #hashedTo = 0;

  /** @param fd stays open until the hash has ended: its number could be another file's by then. */
  constructor(fd: number, algorithms: readonly DigestAlgorithm[]) {
    this.#fd = fd;
    this.#algorithms = algorithms;
  }

  get hashedBytes(): number {
    return this.#hashedTo;
  }

  /**
   * Reads and hashes on up to `to`, or to the end of the file if that comes first.
   * @param proceed is asked after each slice; `false` stops there.
   */
  async update(to: number, proceed: (hashedBytes: number) => boolean): Promise<void> {
    while (this.#hashedTo < to) {
      const slice = Math.min(to, this.#hashedTo + sliceBytes);
      const { job, ask } = this.#place;
      const request = { job, fd: this.#fd, algorithms: this.#algorithms, from: this.#hashedTo, to: slice } as const;
      const reply = resultOf(await ask({ ...request, type: "update" }));
      this.#hashedTo = "hashedTo" in reply ? reply.hashedTo : slice;
      if (!proceed(this.#hashedTo) || this.#hashedTo < slice) return;
    }
  }

  /** The digests of what was hashed, in the order of the algorithms. */
  async digest(): Promise<readonly DigestText[]> {
    const { job, ask } = this.#place;
    const reply = resultOf(await ask({ job, type: "digest", algorithms: this.#algorithms }));
    const hexes = "digests" in reply ? reply.digests : [];
    return hexes.map((hex, index): DigestText => `${this.#algorithms[index] ?? "sha256"}:${hex}`);
  }

  /** To be called once, when no other call is under way. */
  async end(): Promise<void> {
    const { job, ask } = this.#place;
    await ask({ job, type: "drop" });
    this.#place[Symbol.dispose]();
  }
}

function resultOf(reply: HashReply): Exclude<HashReply, { failed: unknown }> {
  if ("failed" in reply) throw reply.failed;
  return reply;
}
