import { stripVTControlCharacters } from "node:util";

/** C0 and C1 controls, line separators, and the marks that change the direction of what follows. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const everyUnprintable = new RegExp(unprintable, "g");

/** Whether a text is one line that a terminal only shows. */
export function isPrintable(text: string): boolean {
  return !unprintable.test(text);
}

/** One line of text from outside that cannot move the cursor, colour what follows, or pose as another line. */
export function printable(text: string): string {
  if (isPrintable(text)) return text;
  return stripVTControlCharacters(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, " ")).replaceAll(everyUnprintable, "");
}
