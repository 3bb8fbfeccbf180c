import type { Connection } from "../connections/connection.ts";
import { chunkedPieces } from "./chunked.ts";
import { brokenOff, invalidAnswer } from "./answer-failures.ts";
import type { ResponseHead } from "./response-head.ts";

/** How the end of a body is told. */
export type Framing =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  /** By the end of the connection, which an accident looks just like. */
  | { readonly kind: "until-close" };

/**
 * RFC 9112 § 6.3.
 * @throws ModelError `TRANSFER_ANSWER_INVALID` for lengths that contradict each other
 */
export function framingOf({ status, headers }: ResponseHead, method: string, url: URL): Framing {
  if (method === "HEAD" || status === 204 || status === 304 || status < 200) return { kind: "length", bytes: 0 };
  const transfer = headers.get("transfer-encoding")?.toLowerCase();
  const length = headers.get("content-length");
  if (transfer !== undefined) {
    if (length !== undefined) throw invalidAnswer(url, "it has a Content-Length and a Transfer-Encoding");
    if (transfer !== "chunked") throw invalidAnswer(url, `its Transfer-Encoding is ${JSON.stringify(transfer)}`);
    return { kind: "chunked" };
  }
  return length === undefined ? { kind: "until-close" } : { kind: "length", bytes: parseLength(length, url) };
}

/** The same number twice is that number. */
export function parseLength(text: string, url: URL): number {
  const values = new Set(text.split(",").map((each) => each.trim()));
  const [value = ""] = values;
  if (values.size !== 1 || !/^\d{1,15}$/.test(value)) throw invalidAnswer(url, `its Content-Length is ${text}`);
  return Number(value);
}

/**
 * The bytes of a body, in pieces that hold until the next one is asked for.
 * @throws ModelError `TRANSFER_BROKEN_OFF` when it ends too soon; what the connection failed with
 */
export async function* bodyPieces(connection: Connection, framing: Framing, url: URL): AsyncGenerator<Buffer, void> {
  if (framing.kind === "chunked") yield* chunkedPieces(connection, url);
  else if (framing.kind === "length") yield* measuredPieces(connection, framing.bytes, url);
  else yield* remainingPieces(connection);
}

async function* measuredPieces(connection: Connection, bytes: number, url: URL): AsyncGenerator<Buffer, void> {
  for (let left = bytes; left > 0;) {
    const piece = await connection.take(left);
    if (piece.length === 0) throw brokenOff(url, `${left} of ${bytes} bytes are missing`);
    left -= piece.length;
    yield piece;
  }
}

async function* remainingPieces(connection: Connection): AsyncGenerator<Buffer, void> {
  for (;;) {
    const piece = await connection.take(Infinity);
    if (piece.length === 0) return;
    yield piece;
  }
}
