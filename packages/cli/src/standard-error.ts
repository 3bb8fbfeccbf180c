import { writeAll } from "./write-all.ts";

/** What of a stream the reports need. */
export interface TextStream {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
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
  get rows() {
    return process.stderr.rows;
  },
};

const colours = { error: 31, warning: 33, hint: 36 } as const;

/** `error:`, coloured where that is welcome: on a terminal, unless `NO_COLOR` is set (no-color.org) or it is a dumb one. */
export function label(word: keyof typeof colours, { isTTY }: Pick<TextStream, "isTTY">): string {
  const { NO_COLOR = "", TERM } = process.env;
  if (isTTY !== true || NO_COLOR !== "" || TERM === "dumb") return `${word}:`;
  return `\u001b[${colours[word]}m${word}:\u001b[39m`;
}
