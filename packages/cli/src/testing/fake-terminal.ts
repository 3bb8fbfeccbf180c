import type { TextStream } from "../standard-error.ts";

/** As much of a terminal as progress needs, with a screen to look at. It wraps what is too long, as terminals do. */
export class FakeTerminal implements TextStream {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows: number;
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor({ columns, rows = 24 }: { readonly columns: number; readonly rows?: number }) {
    this.columns = columns;
    this.rows = rows;
  }

  /** The lines that are not empty, without the blanks at their ends. */
  get screen(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd()).filter((line) => line !== "");
  }

  write(text: string): void {
    for (const [part] of text.matchAll(/\u001b\[\d*[A-Z]|[\s\S]/gu)) this.#take(part);
  }

  #take(part: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) this.#row = Math.max(0, this.#row - Number(up));
    else if (part === "\r") this.#column = 0;
    else if (part === "\n") this.#down();
    else if (part === "\u001b[K") this.#lines[this.#row] = this.#before;
    else if (part === "\u001b[J") this.#lines.splice(this.#row, Infinity, this.#before);
    else if (part.startsWith("\u001b")) throw new Error(`No such sequence is known here: ${JSON.stringify(part)}`);
    else this.#put(part);
  }

  get #before(): string {
    return (this.#lines[this.#row] ?? "").slice(0, this.#column);
  }

  #down(): void {
    this.#row += 1;
    this.#column = 0;
    this.#lines[this.#row] ??= "";
  }

  #put(character: string): void {
    if (this.#column === this.columns) this.#down();
    const line = this.#lines[this.#row] ?? "";
    this.#lines[this.#row] =
      line.slice(0, this.#column).padEnd(this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}
