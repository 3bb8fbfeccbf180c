import { invalidAnswer } from "./answer-failures.ts";

export interface ResponseHead {
  readonly status: number;
  /** Lower-case names. What was sent several times is joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** Whether the server lets the connection live on. */
  readonly keepsAlive: boolean;
}

const fieldLine = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/;

/**
 * The head of an answer (RFC 9112 § 4 and 5), with its last empty line. Strict: an answer that can be read in two ways is
 * none.
 * @throws ModelError `TRANSFER_ANSWER_INVALID`
 */
export function parseResponseHead(text: string, url: URL): ResponseHead {
  const [statusLine = "", ...lines] = text.replace(/\r?\n\r?\n$/, "").split(/\r?\n/);
  const status = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine);
  if (status === null) throw invalidAnswer(url, `it begins with ${JSON.stringify(statusLine.slice(0, 80))}`);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ""] = fieldLine.exec(line) ?? [];
    if (name === undefined) throw invalidAnswer(url, `it has the line ${JSON.stringify(line.slice(0, 80))}`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  const connection = headers.get("connection")?.toLowerCase() ?? "";
  const keepsAlive = status[1] === "1" ? !connection.includes("close") : connection.includes("keep-alive");
  return { status: Number(status[2]), headers, keepsAlive };
}
