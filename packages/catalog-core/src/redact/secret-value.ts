/**
 * Where a name stands. `query`: `?name=…`. `header`: a line of a name, a colon and anything. `json`: `"name": …`.
 * `field`: any other `name=…` or `name: …`.
 */
export type Place = "query" | "header" | "json" | "field";

export interface SecretValue {
  /** Where the whole value ends in the text. */
  readonly end: number;
  readonly inner: string;
  /** What to put around the replacement, so that JSON stays JSON. */
  readonly open: string;
  readonly close: string;
}

/**
 * The value of a secret name that begins at `start`; undefined where an object begins, whose own fields are looked at
 * next. Ends are searched for, not matched: a repeated group over a long value would overflow the stack of the
 * expression engine.
 */
export function secretValueAt(text: string, start: number, place: Place): SecretValue | undefined {
  if (place === "query") return plain(text, start, text[start] === "&" ? start : unquotedEnd(text, start));
  // A double quote within a header line belongs to its value: Cookie: "a"; b=c
  if (place === "header" && text[start] === '"') return plain(text, start, endBefore(lineEnd, text, start));
  if (matchAt(objectStart, text, start) !== "") return undefined;
  const opening = matchAt(openingQuote, text, start);
  if (opening !== "") return quoted(text, start, opening);
  if (matchAt(listStart, text, start) !== "") return listed(text, start);
  if (place === "header") return plain(text, start, endBefore(lineEnd, text, start));
  return plain(text, start, place === "json" ? endBefore(jsonEnd, text, start) : unquotedEnd(text, start));
}

/** Where a value without quotes ends. */
export function unquotedEnd(text: string, start: number): number {
  return endBefore(terminator, text, start);
}

/**
 * A comma, semicolon or ampersand ends a value where a next name, a space or the end follows; a quote where it looks
 * like the one that closes a surrounding text. When in doubt, more is hidden.
 */
const terminator =
  /\s|[,;&](?=(?:amp;)?["']?[\w.%[\]-]*["']?\s{0,8}[=:]|\s|$)|"(?=[\s,;:)\]}>\\]|$)|'(?=[\s,;\]}"]|$)|\\(?=["']|u0026[\w.%-]+=)/g;

const lineEnd = /[\r\n]/g;
const jsonEnd = /[\s,}\]]/g;

const objectStart = /\{(?=[\s"'}\\]|[\w$]{1,64}:)/y;
const openingQuote = /\\{0,8}["'`]/y;
const listStart = /\[(?=[\s"'`])/y;

/** Up to the quote that closes it at the same depth of escaping; to the end of the text when it is cut off. */
function quoted(text: string, start: number, opening: string): SecretValue {
  const from = start + opening.length;
  let closing = text.indexOf(opening, from);
  while (closing >= 0 && text[closing - 1] === "\\") closing = text.indexOf(opening, closing + 1);
  if (closing < 0) return { end: text.length, inner: text.slice(from), open: opening, close: "" };
  // 'ab'cd: the quote that seemed to close was part of the value.
  const end = endBefore(/[^\w%~!*+/=$@-]/g, text, closing + opening.length);
  return { end, inner: text.slice(from, closing), open: opening, close: opening };
}

/** `[ 'a=b', 'c=d' ]`, as Node prints `set-cookie`. Quoted, so that a second redaction finds a quoted value. */
function listed(text: string, start: number): SecretValue {
  const bracket = text.indexOf("]", start);
  const end = bracket < 0 ? text.length : bracket + 1;
  return { end, inner: text.slice(start, end), open: "'", close: "'" };
}

function plain(text: string, start: number, end: number): SecretValue {
  return { end, inner: text.slice(start, end), open: "", close: "" };
}

function endBefore(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? text.length;
}

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? "";
}
