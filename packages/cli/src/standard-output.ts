import { redactText } from "@llama-orch/catalog-core";
import { Interruption } from "./interruption.ts";
import { printable } from "./render/printable.ts";

/** The result of a command, and nothing else, line by line. */
export class StandardOutput {
  /**
   * @param stop is aborted when nobody reads any more: quietly when the reader has closed its end (`… | head -1`),
   *   as a failure when the place that stdout was redirected to takes no more.
   */
  constructor(stop: AbortController) {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") stop.abort(new Interruption("Nobody reads the output.", 0, true));
      else stop.abort(new Error(`stdout could not be written: ${redactText(error.message)}`));
    });
  }

  /** One line: as it is into a pipe or file, without what a terminal would obey on a terminal. */
  line(text: string): void {
    process.stdout.write(`${process.stdout.isTTY ? printable(text) : text}\n`);
  }

  /** Text that was made for people, already without control characters. */
  text(text: string): void {
    process.stdout.write(text);
  }
}
