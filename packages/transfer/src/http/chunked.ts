import type { Connection } from "../connections/connection.ts";
import { brokenOff, invalidAnswer } from "./answer-failures.ts";

/** A size line with its extensions; longer ones are an attack. */
const lineLimit = 4 * 1024;

/** More than any server sends that means well. */
const maxTrailers = 100;

/**
 * The chunks of a body (RFC 9112 § 7.1). Extensions and trailers are read over.
 * @throws ModelError `TRANSFER_BROKEN_OFF`, `TRANSFER_ANSWER_INVALID`
 */
export async function* chunkedPieces(connection: Connection, url: URL): AsyncGenerator<Buffer, void> {
  for (;;) {
    const size = await chunkSize(connection, url);
    if (size === 0) break;
    for (let left = size; left > 0;) {
      const piece = await connection.take(left);
      if (piece.length === 0) throw brokenOff(url, "it ended within a chunk");
      left -= piece.length;
      yield piece;
    }
    const end = await line(connection, url);
    if (end !== "") throw invalidAnswer(url, "a chunk is longer than it says");
  }
  for (let trailers = 0; (await line(connection, url)) !== ""; trailers += 1) {
    if (trailers === maxTrailers) throw invalidAnswer(url, `it has more than ${maxTrailers} trailers`);
  }
}

async function chunkSize(connection: Connection, url: URL): Promise<number> {
  const text = await line(connection, url);
  const hex = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(text)?.[1];
  if (hex === undefined) throw invalidAnswer(url, `a chunk begins with ${JSON.stringify(text.slice(0, 40))}`);
  return Number.parseInt(hex, 16);
}

async function line(connection: Connection, url: URL): Promise<string> {
  const bytes = await connection.takeThrough("\r\n", lineLimit);
  if (bytes === "too-far") throw invalidAnswer(url, "it has a line without an end");
  if (bytes === "ended") throw brokenOff(url, "it ended between two chunks");
  return bytes.toString("latin1").slice(0, -2);
}
