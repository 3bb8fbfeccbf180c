/** How slow bytes may come. */
export interface Pace {
  readonly minBytesPerSecond: number;
  /** ms over which it is measured. */
  readonly windowMs: number;
  /** What the connection fails with. */
  readonly error: (windowBytes: number) => Error;
}

/** So finely is the window cut: a line that dies is found dead after one window, and a tenth. */
const slices = 10;

/**
 * Whether bytes come at the pace that is expected. A line that drips stalls just as one that is silent; the time in which
 * nobody reads does not count.
 */
export class StallWatch {
  readonly #pace: Pace;
  /** Bytes of each slice of the window, the newest last; the window is full when there are enough of them. */
  #counts: number[] = [];
  #count = 0;
  #sliceStartedMs = performance.now();

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  note(bytes: number): void {
    this.#count += bytes;
  }

  /** Bytes of the window so far. */
  get windowBytes(): number {
    return this.#counts.reduce((sum, count) => sum + count, this.#count);
  }

  restart(): void {
    this.#counts = [];
    this.#count = 0;
    this.#sliceStartedMs = performance.now();
  }

  /** @param nowMs of `performance.now()` */
  isStalledAt(nowMs: number): boolean {
    const { windowMs, minBytesPerSecond } = this.#pace;
    const passedMs = nowMs - this.#sliceStartedMs;
    // Timers go off up to a millisecond early.
    if (passedMs < windowMs / slices - 1) return false;
    // This process was stopped, or this machine slept: that was not the line's fault.
    if (passedMs > windowMs / 2) {
      this.restart();
      return false;
    }
    this.#counts = [...this.#counts, this.#count].slice(-slices);
    this.#count = 0;
    this.#sliceStartedMs = nowMs;
    return this.#counts.length === slices && this.windowBytes < (minBytesPerSecond * windowMs) / 1_000;
  }
}
