import type { TextStream } from "../standard-error.ts";

const eraseLine = "\u001b[K";
const eraseBelow = "\u001b[J";

/** Lines at the bottom of a terminal that are drawn again in their place. The cursor stays in the last one. */
export class RedrawnBlock {
  readonly #stream: TextStream;
  #drawn: readonly string[] = [];

  constructor(stream: TextStream) {
    this.#stream = stream;
  }

  /** @param lines each narrower than the terminal: a full line would wrap, and could not be redrawn. */
  draw(lines: readonly string[]): void {
    const isSmaller = lines.length < this.#drawn.length;
    const text = lines.join(`${eraseLine}\n`);
    this.#stream.write(`${this.#toStart()}${text}${isSmaller ? eraseBelow : eraseLine}`);
    this.#drawn = lines;
  }

  clear(): void {
    if (this.#drawn.length > 0) {
      this.#stream.write(`${this.#toStart()}${this.#drawn.length > 1 ? eraseBelow : eraseLine}`);
    }
    this.#drawn = [];
  }

  /**
   * Where the terminal was made narrower, what was drawn may take more rows than it has lines, and terminals do not agree on
   * where the cursor is then: the rest of it stays above, since what others have written must not be erased.
   */
  #toStart(): string {
    return this.#drawn.length > 1 ? `\r\u001b[${this.#drawn.length - 1}A` : "\r";
  }
}
