import { transferError } from "../errors.ts";
import type { HttpAnswer } from "./exchange.ts";

/** More than any list or manifest has. @default of {@link readBody} */
const defaultLimitBytes = 64 * 1024 * 1024;

/**
 * The body of an answer that is read whole; the answer still has to be disposed of.
 * @throws ModelError `TRANSFER_ANSWER_TOO_LARGE`, `TRANSFER_BROKEN_OFF` and the others of its pieces
 */
export async function readBody(answer: HttpAnswer, limitBytes: number = defaultLimitBytes): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of answer.pieces()) {
    length += piece.length;
    if (length > limitBytes) throw tooLarge(answer.url, limitBytes);
    parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}

function tooLarge(url: URL, limitBytes: number): Error {
  return transferError("TRANSFER_ANSWER_TOO_LARGE", {
    message: `${url.host} answers with more than ${limitBytes} bytes where a short text was asked for.`,
    hint: "Something other than the expected server may be answering; check the URL.",
    facts: { url: url.href, limitBytes },
  });
}
