import { writeAll } from "./write-all.ts";

/** What of a stream the reports need. */
export interface TextStream {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Whoever closes stderr does not want to be told; the work itself goes on. */
export const standardError: TextStream = {
  write(text) {
    try {
      writeAll(2, text);
    } catch {
      // There is nobody left to tell, and nowhere to tell it.
    }
  },
  get isTTY() {
    return process.stderr.isTTY;
  },
  get columns() {
    return process.stderr.columns;
  },
};
