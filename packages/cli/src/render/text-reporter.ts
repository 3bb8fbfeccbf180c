import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { describeEvent } from "./describe-event.ts";
import { printable } from "./printable.ts";
import { type Progress, progressOf, ProgressText } from "./progress.ts";
import { label, type TextStream } from "../standard-error.ts";
import type { Reporter } from "./reporter.ts";

/** A line that is redrawn may move; lines that stay, in a log, must not fill it. */
const redrawEveryMs = 100;
const lineEveryMs = 5_000;

/** Beside the name, a line of progress has at most so many columns. */
const figureColumns = 65;
const longestName = 200;

/** Lines for people. On a terminal progress is one line that is redrawn; elsewhere it is a line every few seconds. */
export class TextReporter implements Reporter {
  readonly #stream: TextStream;
  readonly #clock: () => number;
  readonly #text = new ProgressText();
  #shownMs: number | undefined;
  #isDrawn = false;

  /** @param clock ms, of a clock that never goes back. */
  constructor(stream: TextStream, clock: () => number = monotonicMs) {
    this.#stream = stream;
    this.#clock = clock;
  }

  event(event: ProvisionEvent): void {
    const progress = progressOf(event);
    if (progress !== undefined) return this.progress(progress);
    const described = describeEvent(event);
    if (described?.hint !== undefined) return this.warn(described.text, described.hint);
    if (described !== undefined) this.note(described.text);
  }

  progress(progress: Progress): void {
    const nowMs = this.#clock();
    this.#text.follow(progress, nowMs);
    const redraws = this.#stream.isTTY === true && process.env["TERM"] !== "dumb";
    // On a terminal one sees at once that something happens; in a log, a line of progress has to earn its place.
    this.#shownMs ??= redraws ? Number.NEGATIVE_INFINITY : nowMs;
    if (nowMs - this.#shownMs < (redraws ? redrawEveryMs : lineEveryMs)) return;
    this.#shownMs = nowMs;
    if (redraws) this.#redraw(progress);
    else this.#stream.write(`${this.#text.text(progress, longestName)}\n`);
  }

  note(text: string): void {
    this.#line(printable(text));
  }

  warn(text: string, hint: string): void {
    this.#line(`${label("warning", this.#stream)} ${printable(text)}`);
    this.#line(`${label("hint", this.#stream)} ${printable(hint)}`);
  }

  clear(): void {
    if (this.#isDrawn) this.#stream.write("\r\u001b[K");
    this.#isDrawn = false;
  }

  /** The last column stays empty: a full line would wrap, and could not be redrawn. */
  #redraw(progress: Progress): void {
    const columns = (this.#stream.columns ?? 80) - 1;
    const text = this.#text.text(progress, Math.max(12, columns - figureColumns));
    this.#stream.write(`\r${text.slice(0, columns)}\u001b[K`);
    this.#isDrawn = true;
  }

  #line(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }
}

/** Not `performance.now()`: the first use of `performance` loads a module of 3 ms, on a path of 30. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
