/** Of what a look at a transfer sees. */
export interface Sight {
  /** ms of `performance.now()` */
  readonly nowMs: number;
  readonly receivedBytes: number;
  readonly leftBytes: number;
  /** Connections at work. */
  readonly connections: number;
  /** The processor of this thread, and not the line, is what it waits for. */
  readonly isBusy: boolean;
  /** The budget has room, and the server does parts. */
  readonly mayGrow: boolean;
}

/** A pace is measured over so long, in ms; a trial longer, since a new connection has to get going. */
const measureMs = 250;
const trialMs = 500;

/** More connections must bring so much more. */
const worthFactor = 1.2;

/**
 * When they did not, or the server complained, it is left at that for a while, in ms: twice as long each time. A line is uneven,
 * so that one trial proves little. A connection that broke off says less: the next trial may come soon.
 */
const firstRestMs = 1_000;
const longestRestMs = 60_000;

/** Connections that are begun together are refused together, in ms: that is one complaint. */
const sameMomentMs = 1_000;

/** Above this pace (bytes a ms) writing and hashing are what takes the time, and another connection brings nothing. */
const enoughPace = 400_000;

/**
 * How many connections a transfer should have: one, and twice as many as long as that pays.
 */
export class Growth {
  #most: number;
  #wanted = 1;
  #since: { readonly ms: number; readonly bytes: number } | undefined;
  #trial: { readonly before: number; readonly pace: number } | undefined;
  #restUntilMs = 0;
  #restMs = firstRestMs;
  #complainedMs = -Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** The server is left alone with more connections. */
  isRestingAt(nowMs: number): boolean {
    return nowMs < this.#restUntilMs;
  }

  /**
   * The server complained of too many requests, or a connection broke.
   * @param askedMs that it asks to wait.
   */
  shrink(nowMs: number, why: "complaint" | "break", askedMs = 0): void {
    const isSameMoment = why === "complaint" && nowMs - this.#complainedMs < sameMomentMs;
    if (isSameMoment) return this.#rest(nowMs, askedMs);
    if (why === "complaint") this.#complainedMs = nowMs;
    // What a trial added was too much; otherwise nobody knows how much is.
    const fewer = why === "break" ? this.#wanted - 1 : (this.#trial?.before ?? Math.floor(this.#wanted / 2));
    this.#wanted = Math.max(1, fewer);
    this.#trial = undefined;
    this.#rest(nowMs, Math.max(askedMs, why === "complaint" ? this.#longerRest() : firstRestMs));
  }

  /** The server does no parts. */
  stop(): void {
    this.#most = 1;
    this.#wanted = 1;
    this.#trial = undefined;
  }

  look(sight: Sight): void {
    const { nowMs, receivedBytes } = sight;
    this.#since ??= { ms: nowMs, bytes: receivedBytes };
    const passedMs = nowMs - this.#since.ms;
    if (passedMs < (this.#trial === undefined ? measureMs : trialMs)) return;
    const pace = (receivedBytes - this.#since.bytes) / passedMs;
    this.#since = { ms: nowMs, bytes: receivedBytes };
    if (this.#trial !== undefined) this.#judge(pace, nowMs);
    if (this.#trial === undefined && this.#mayTry(sight, pace)) {
      this.#trial = { before: this.#wanted, pace };
      this.#wanted = Math.min(this.#most, this.#wanted * 2);
    }
  }

  #judge(pace: number, nowMs: number): void {
    if (this.#trial !== undefined && pace < this.#trial.pace * worthFactor) {
      this.#wanted = this.#trial.before;
      this.#rest(nowMs, this.#longerRest());
    } else {
      this.#restMs = firstRestMs;
    }
    this.#trial = undefined;
  }

  #mayTry({ nowMs, leftBytes, connections, isBusy, mayGrow }: Sight, pace: number): boolean {
    if (!mayGrow || isBusy || this.isRestingAt(nowMs)) return false;
    if (this.#wanted >= this.#most || connections < this.#wanted) return false;
    // What is done in a second is done before a trial is over.
    return pace > 0 && pace < enoughPace && leftBytes / pace > 1_000;
  }

  #rest(nowMs: number, restMs: number): void {
    this.#restUntilMs = Math.max(this.#restUntilMs, nowMs + restMs);
    this.#since = undefined;
  }

  #longerRest(): number {
    const restMs = this.#restMs;
    this.#restMs = Math.min(longestRestMs, restMs * 2);
    return restMs;
  }
}
