import type { ReceivedRequest } from "../received-request.ts";
import type { FaultMatch, MetFaults } from "./fault-board.ts";

/** A rule by which matching requests go wrong. */
export type Fault = FaultMatch<ReceivedRequest> & FaultEffect;

/** Those that one request has met. */
export type RequestFaults = MetFaults<FaultEffect>;

/** How a connection ends: properly, when all that was written has been sent; or with RST, by which the peer may lose what it had not read yet. */
export type Ending = "fin" | "reset";

/**
 * Several that match one request all act on it; of one kind, the first that was injected.
 *
 * `afterBytes` counts what the body holds, whatever chunks it is cut into. What lies beyond the end of the body never acts.
 */
export type FaultEffect =
  // Before the answer.
  /** The connection ends without an answer. */
  | { readonly kind: "drop" }
  /** The same, with RST. */
  | { readonly kind: "reset" }
  /** Waits before it answers. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Takes the request and says nothing, until the fault is withdrawn or the connection ends. */
  | { readonly kind: "stall-head" }

  // Other answers.
  /** Answers with a status instead; see also `tooManyRequests()`. */
  | StatusEffect
  /** A log-in page with 200, as captive portals have it. */
  | { readonly kind: "html" }
  /** The whole file with 200, whatever range is asked for. */
  | { readonly kind: "ignore-range" }
  /** 206 for who asks for no range. @default the whole as a range */
  | { readonly kind: "unasked-range"; readonly from?: number; readonly to?: number }
  /** 416 with this total. @default the true one */
  | { readonly kind: "range-not-satisfiable"; readonly total?: number | "*" }
  /** 206 as `multipart/byteranges`, with the one part that was asked for. */
  | { readonly kind: "multipart" }
  /** The validator is another one, for what is answered and for `If-Range`, `If-Match` and `If-None-Match`; the bytes stay. */
  | { readonly kind: "etag"; readonly value: string | null }
  /** One byte differs, at this offset of the file, whatever range is asked for. */
  | { readonly kind: "corrupt"; readonly atByte: number }

  // What the head says.
  /** Says what is not so in the `Content-Range` of a 206: in parts, or altogether by `text`. */
  | {
      readonly kind: "content-range";
      readonly from?: number;
      readonly to?: number;
      readonly total?: number | "*";
      readonly text?: string;
    }
  /** 206 without `Content-Range`. */
  | { readonly kind: "no-content-range" }
  /** Says that the body has this length, and sends it as it is. */
  | {
      readonly kind: "content-length";
      readonly bytes: number | string;
      /** Whether the connection ends after it. @default true */
      readonly thenClose?: boolean;
    }
  /** `Content-Length` in two lines. */
  | { readonly kind: "content-length-twice"; readonly values: readonly [number | string, number | string] }
  /** `Content-Length`, and a body in chunks all the same. */
  | { readonly kind: "length-and-chunked" }
  /** No length: the body ends with the connection. */
  | {
      readonly kind: "no-length";
      /** Of the status line. @default "1.1" */
      readonly httpVersion?: "1.0" | "1.1";
    }
  /** Names a coding, although the body has none. */
  | { readonly kind: "encoding"; readonly encoding: string }
  /** Sets headers of the answer, or leaves them out: `null`. Values go out as they are. */
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string | null>> }
  /** Says `Connection: close`, and does so after the answer. */
  | { readonly kind: "close-after" }

  // How the head looks.
  /** Pads the head with headers of so many bytes in all. */
  | {
      readonly kind: "long-head";
      readonly bytes: number;
      /** How many headers share them. @default 1 */
      readonly lines?: number;
    }
  /** In place of the status line; without the line's end. */
  | { readonly kind: "bad-status-line"; readonly text: string }
  /** Sends informational answers first. */
  | {
      readonly kind: "informational";
      /** @default 103 */
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** How many of them. @default 1 */
      readonly repeat?: number;
    }

  // How the body looks.
  /** In chunks, properly. */
  | {
      readonly kind: "chunked";
      /** @default 16384 */
      readonly chunkBytes?: number;
      /** After the size of each chunk, with its semicolon: `;name=value`. */
      readonly extensions?: string;
      readonly trailers?: Readonly<Record<string, string>>;
    }
  /** In chunks, of which the last one never comes: the connection ends after so many bytes, within a chunk where that can be. */
  | { readonly kind: "chunked-truncated"; readonly afterBytes: number; readonly how?: Ending }
  /** In chunks, one of which is wrong: its size is no number, or too large for any; or its end is missing. */
  | { readonly kind: "chunked-malformed"; readonly what?: "size" | "huge" | "end" }
  /** After the end of the message, on a connection that stays open, more bytes: so many of no meaning, or these. */
  | { readonly kind: "surplus"; readonly bytes: number | Uint8Array }

  // When and how fast it comes.
  /** The connection ends after so many bytes of the head. */
  | { readonly kind: "cut-head"; readonly afterBytes: number; readonly how?: Ending }
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: "cut"; readonly afterBytes: number; /** @default "fin" */ readonly how?: Ending }
  /** The body stops after so many bytes, until the fault is withdrawn or the connection ends. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** Each answer is reset with this probability, at any place of its body: for the same seed the same answers at the same places. */
  | { readonly kind: "random-reset"; readonly probability: number; readonly seed: number | string }
  /** Byte by byte, so slowly. */
  | { readonly kind: "drip"; readonly bytesPerSecond: number; readonly part: "head" | "body" }
  /** Sends the body no faster than this, evenly, on each connection. */
  | { readonly kind: "throttle"; readonly bytesPerSecond: number };

export interface StatusEffect {
  readonly kind: "status";
  readonly status: number;
  /** @default the usual one */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** @default one line that says that a test did it */
  readonly body?: string;
}

/** @param retryAfter as it is to stand in the header: seconds, or a date of HTTP. */
export function tooManyRequests(retryAfter: string): StatusEffect {
  return { kind: "status", status: 429, headers: { "Retry-After": retryAfter } };
}
