import type { TextStream } from "../standard-error.ts";

const colours = { error: 31, warning: 33, hint: 36 } as const;

/** `error:`, coloured where that is welcome: on a terminal, unless `NO_COLOR` is set (no-color.org) or it is a dumb one. */
export function label(word: keyof typeof colours, stream: Pick<TextStream, "isTTY">): string {
  const { NO_COLOR = "", TERM } = process.env;
  if (stream.isTTY !== true || NO_COLOR !== "" || TERM === "dumb") return `${word}:`;
  return `\u001b[${colours[word]}m${word}:\u001b[39m`;
}
