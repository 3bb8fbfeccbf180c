import { writeSync } from "node:fs";
import { systemCode } from "@llama-orch/catalog-core";

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes a whole text to stdout (1) or stderr (2) before it returns, or throws what the operating system says.
 * Not through `process.stdout`: making that stream takes a tenth of the time that `ensure` has for a present model, and
 * tells of a failure only after the command has ended.
 */
export function writeAll(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      // A pipe that someone else has made non-blocking is full: its reader needs a moment.
      if (systemCode(error) !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}
