import { stripVTControlCharacters } from "node:util";

/** C0 and C1 controls, line separators, and the marks that change the direction of what follows. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line of text from outside that cannot move the cursor, colour what follows, or pose as another line. */
export function printable(text: string): string {
  if (text.search(unprintable) < 0) return text;
  return stripVTControlCharacters(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, " ")).replaceAll(unprintable, "");
}
