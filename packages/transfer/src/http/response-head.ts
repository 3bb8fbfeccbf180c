import { invalidAnswer } from "./answer-failures.ts";

export interface ResponseHead {
  readonly status: number;
  /** Lower-case names. What was sent several times is joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether the server lets the connection live on. */
  readonly keepsAlive: boolean;
}

/** What an answer says once, or the same each time. A list of them would be read by everybody in another way. */
const singular: ReadonlySet<string> = new Set([
  "content-length",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
]);

/**
 * The head of an answer (RFC 9112 § 4 and 5), with its last empty line. Strict: an answer that can be read in two ways is
 * none.
 * @throws ModelError `TRANSFER_ANSWER_INVALID`
 */
export function parseResponseHead(text: string, url: URL): ResponseHead {
  const [statusLine = "", ...lines] = text.replace(/\r\n\r\n$/, "").split("\r\n");
  const status = /^HTTP\/1\.([01]) ([1-9]\d{2})(?: |$)/.exec(statusLine);
  if (status === null || hasControls(statusLine)) throw invalidAnswer(url, `it begins with ${quoted(statusLine)}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const { name, value } = parseField(line, url);
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (!singular.has(name)) headers.set(name, `${before}, ${value}`);
    else if (before !== value) throw invalidAnswer(url, `it has two values of ${name}`);
  }
  return { status: Number(status[2]), headers, keepsAlive: keepsAlive(status[1] === "1", headers) };
}

/** By hand: an expression that trims what stands in the middle takes as long as the square of a line of spaces. */
function parseField(line: string, url: URL): { readonly name: string; readonly value: string } {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || hasControls(line)) {
    throw invalidAnswer(url, `it has the line ${quoted(line)}`);
  }
  let from = colon + 1;
  let to = line.length;
  while (from < to && isBlank(line, from)) from += 1;
  while (from < to && isBlank(line, to - 1)) to -= 1;
  return { name: name.toLowerCase(), value: line.slice(from, to) };
}

/** A lone CR or LF is the end of a line to some. */
function hasControls(line: string): boolean {
  return /[\0-\x08\x0a-\x1f\x7f]/.test(line);
}

function isBlank(line: string, at: number): boolean {
  return line[at] === " " || line[at] === "\t";
}

function quoted(line: string): string {
  return JSON.stringify(line.slice(0, 80));
}

function keepsAlive(isNew: boolean, headers: ReadonlyMap<string, string>): boolean {
  const wishes = (headers.get("connection") ?? "")
    .toLowerCase()
    .split(",")
    .map((wish) => wish.trim());
  if (wishes.includes("close")) return false;
  // HTTP/1.0 knows no Transfer-Encoding: where such a message ends is not to be relied on (RFC 9112 § 6.1).
  return isNew || (wishes.includes("keep-alive") && !headers.has("transfer-encoding"));
}
