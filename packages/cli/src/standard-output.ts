import { systemCode } from "@llama-orch/catalog-core";
import { commandError } from "./errors.ts";
import { Interruption } from "./interruption.ts";
import { isPrintable, printable } from "./render/printable.ts";
import { writeAll } from "./write-all.ts";

/** The result of a command, and nothing else. */
export class StandardOutput {
  readonly #stop: AbortController;
  #isWanted = true;
  #isOptional = false;

  /** @param stop is aborted when stdout takes no more, since there is no point in going on, except after `makeOptional`. */
  constructor(stop: AbortController) {
    this.#stop = stop;
  }

  /** For a command that is run for what it does: from now on a reader that has gone (`… | head -1`) does not stop it. */
  makeOptional(): void {
    this.#isOptional = true;
  }

  /**
   * One line: as it is into a pipe or file, without what a terminal would obey on a terminal.
   * @throws as `text` does.
   */
  line(text: string): void {
    this.text(`${isPrintable(text) || !process.stdout.isTTY ? text : printable(text)}\n`);
  }

  /**
   * Text that was made for people, already without control characters.
   * @throws Interruption when the reader has closed its end and the output is what the command is for; ModelError
   *   `OUTPUT_NOT_WRITABLE`
   */
  text(text: string): void {
    if (!this.#isWanted) return;
    try {
      writeAll(1, text);
    } catch (cause) {
      const isClosed = systemCode(cause) === "EPIPE";
      this.#isWanted = !isClosed;
      if (isClosed && this.#isOptional) return;
      const failure = isClosed ? new Interruption("Nobody reads the output.", 0, true) : notWritable(cause);
      this.#stop.abort(failure);
      throw failure;
    }
  }
}

function notWritable(cause: unknown): Error {
  return commandError("OUTPUT_NOT_WRITABLE", {
    message: `The result could not be written to stdout (${systemCode(cause) ?? String(cause)}).`,
    hint: "Free some space where stdout leads, or send it elsewhere; then run the same command again.",
    cause,
  });
}
