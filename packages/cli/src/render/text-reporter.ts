import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { label, type TextStream } from "../standard-error.ts";
import { describeEvent } from "./describe-event.ts";
import { FilesUnderWay } from "./files-under-way.ts";
import { printable } from "./printable.ts";
import { type Progress, progressOf, ProgressText } from "./progress.ts";
import { RedrawnBlock } from "./redrawn-block.ts";
import type { Reporter } from "./reporter.ts";
import { truncate } from "./width.ts";

/** A line that is redrawn may move; lines that stay, in a log, must not fill it. */
const redrawEveryMs = 100;
const lineEveryMs = 5_000;

/** Beside the name, a line of progress has at most so many columns. */
const figureColumns = 65;
const longestName = 200;
/** Lines for files that arrive side by side; a terminal of few rows has fewer. */
const mostFileLines = 8;

/**
 * Lines for people. On a terminal progress is one line that is redrawn, or one for each file and one for all of them while
 * several arrive side by side; elsewhere it is a line every few seconds.
 */
export class TextReporter implements Reporter {
  readonly #stream: TextStream;
  readonly #clock: () => number;
  readonly #text = new ProgressText();
  readonly #files = new FilesUnderWay();
  readonly #block: RedrawnBlock;
  #shownMs: number | undefined;

  /** @param clock ms, of a clock that never goes back. */
  constructor(stream: TextStream, clock: () => number = monotonicMs) {
    this.#stream = stream;
    this.#clock = clock;
    this.#block = new RedrawnBlock(stream);
  }

  event(event: ProvisionEvent): void {
    const progress = progressOf(event);
    if (progress !== undefined) return this.progress(progress);
    if (event.type === "fetch-started") this.#files.clear();
    const described = describeEvent(event);
    if (described?.hint !== undefined) return this.warn(described.text, described.hint);
    if (described !== undefined) this.note(described.text);
  }

  progress(progress: Progress): void {
    const nowMs = this.#clock();
    this.#text.follow(progress, nowMs);
    this.#files.follow(progress, nowMs);
    const redraws = this.#stream.isTTY === true && process.env["TERM"] !== "dumb";
    // On a terminal one sees at once that something happens; in a log, a line of progress has to earn its place.
    this.#shownMs ??= redraws ? Number.NEGATIVE_INFINITY : nowMs;
    if (nowMs - this.#shownMs < (redraws ? redrawEveryMs : lineEveryMs)) return;
    this.#shownMs = nowMs;
    if (redraws) this.#block.draw(this.#lines(progress));
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
    this.#block.clear();
  }

  /** The last column stays empty: a full line would wrap, and could not be redrawn. */
  #lines(progress: Progress): readonly string[] {
    const columns = (this.#stream.columns ?? 80) - 1;
    // One row for the total, and one for what stands above.
    const fileLines = Math.min(mostFileLines, (this.#stream.rows ?? 24) - 2);
    const lines =
      this.#files.count < 2 || fileLines < 2
        ? [this.#text.text(progress, Math.max(12, columns - figureColumns))]
        : [...this.#files.text(fileLines, columns), this.#text.totalText(progress)];
    return lines.map((line) => truncate(line, columns));
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
