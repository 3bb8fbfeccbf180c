import type { HttpAnswer } from "../http/exchange.ts";
import { invalidAnswer } from "../http/answer-failures.ts";
import { type Version, versionOf } from "./version.ts";

/** What the server says when it is asked for a part of a file. */
export type Offer =
  /** The bytes from `from` up to and without `to`. */
  | { readonly kind: "part"; readonly from: number; readonly to: number; readonly version: Version }
  /** The whole file: it cannot do parts, or has another version than was asked for. */
  | { readonly kind: "whole"; readonly version: Version }
  /** The whole file, of which it does not tell the length. */
  | { readonly kind: "unmeasured" }
  /** There is no such part: the file ends before it. */
  | { readonly kind: "beyond"; readonly sizeBytes: number | undefined };

/**
 * Reads an answer of status 200, 206 or 416, and believes it only as far as it agrees with itself and with what was asked.
 * @param from the first byte that was asked for; `undefined` when no part was.
 * @throws ModelError `TRANSFER_ANSWER_INVALID`
 */
export function readOffer(answer: HttpAnswer, from: number | undefined): Offer {
  const { head, url, framing } = answer;
  if (head.status === 416) return { kind: "beyond", sizeBytes: sizeBeyond(head.headers.get("content-range")) };
  if (head.status === 206) return readPart(answer, from);
  if (head.status !== 200) throw invalidAnswer(url, `its status is ${head.status}`);
  return framing.kind === "length"
    ? { kind: "whole", version: versionOf(head, framing.bytes) }
    : { kind: "unmeasured" };
}

function readPart({ head, url, framing }: HttpAnswer, asked: number | undefined): Offer {
  if (asked === undefined) throw invalidAnswer(url, "it is a part (206), and none was asked for");
  const text = head.headers.get("content-range") ?? "";
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(text) ?? [];
  if (first === undefined || last === undefined || total === undefined) {
    throw invalidAnswer(url, `it is a part (206) with the Content-Range ${JSON.stringify(text)}`);
  }
  const [from, to, sizeBytes] = [Number(first), Number(last) + 1, Number(total)];
  if (from !== asked || to <= from || to > sizeBytes) {
    throw invalidAnswer(url, `its Content-Range is ${text}, and the part from byte ${asked} on was asked for`);
  }
  if (framing.kind === "length" && framing.bytes !== to - from) {
    throw invalidAnswer(url, `its Content-Range is ${text}, and its Content-Length is ${framing.bytes}`);
  }
  return { kind: "part", from, to, version: versionOf(head, sizeBytes) };
}

function sizeBeyond(text: string | undefined): number | undefined {
  const [, total] = /^bytes \*\/(\d{1,15})$/.exec(text ?? "") ?? [];
  return total === undefined ? undefined : Number(total);
}
