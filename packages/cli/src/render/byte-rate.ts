/** What the rate is taken over: long enough to be calm, short enough to follow a change. */
const windowMs = 4_000;
/** Samples are taken no closer than this. */
const everyMs = 100;
/** A first fraction of a second says nothing of a rate. */
const tellsAfterMs = 300;

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Bytes a second over the last seconds, of a count that only grows. */
export class ByteRate {
  readonly #samples: Sample[] = [];

  /** @param atMs of a clock that never goes back. */
  add(bytes: number, atMs: number): void {
    if (atMs - (this.#samples.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < everyMs) return;
    this.#samples.push({ bytes, atMs });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > windowMs) this.#samples.shift();
  }

  /** Undefined until there is enough to tell. */
  get bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < tellsAfterMs) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs);
  }
}
