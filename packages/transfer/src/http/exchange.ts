import type { Connection } from "../connections/connection.ts";
import type { ConnectionPool } from "../connections/connection-pool.ts";
import type { Route } from "../connections/dial.ts";
import type { Pace } from "../connections/stall-watch.ts";
import { transferError } from "../errors.ts";
import { brokenOff, invalidAnswer } from "./answer-failures.ts";
import { bodyPieces, type Framing, framingOf } from "./framing.ts";
import { type HttpRequest, requestHead } from "./request-head.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";
import { systemCode } from "@llama-orch/catalog-core";

/** More than any server sends that means well. */
const headLimit = 48 * 1024;

/** Answers that come before the answer (1xx). */
const maxInterim = 10;

export interface ExchangeOptions {
  readonly pool: ConnectionPool;
  readonly route: Route;
  /** Until the whole head of the answer is there, in ms. */
  readonly answerTimeoutMs: number;
  /** Of the body. */
  readonly pace: Omit<Pace, "error">;
  readonly signal: AbortSignal;
}

/** An answer whose head is here. It must be disposed of, read or not: that gives its connection back. */
export interface HttpAnswer extends AsyncDisposable {
  /** That it answers: of a chain of redirects the last one. */
  readonly request: HttpRequest;
  readonly url: URL;
  readonly head: ResponseHead;
  readonly framing: Framing;
  /**
   * The body, once: pieces that hold until the next one is asked for, and may be changed. Whoever stops in the middle loses
   * the connection.
   */
  pieces(): AsyncGenerator<Buffer, void>;
}

/**
 * One request and the head of its answer.
 * @throws ModelError of `dial`; `TRANSFER_BROKEN_OFF`, `TRANSFER_STALLED`, `TRANSFER_ANSWER_INVALID`; `signal.reason`
 *   untouched when aborted
 */
export async function exchange(request: HttpRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { pool, route, signal } = options;
  for (;;) {
    const connection = await pool.take(route, signal);
    const { uses, receivedBytes } = connection;
    try {
      return await converse(connection, request, options);
    } catch (error) {
      const isSilent = connection.receivedBytes === receivedBytes;
      pool.giveBack(route, connection, false);
      if (signal.aborted) throw signal.reason;
      // A server may close what was idle just when it is used again: that was no attempt.
      if (uses > 0 && isSilent && isBreak(error) && request.method !== "POST") continue;
      throw error;
    }
  }
}

async function converse(
  connection: Connection,
  request: HttpRequest,
  { pool, route, answerTimeoutMs, pace, signal }: ExchangeOptions,
): Promise<HttpAnswer> {
  const { url, method, body } = request;
  const stop = (): void => connection.destroy(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => connection.destroy(silent(url, answerTimeoutMs)), answerTimeoutMs);
  let isRead = false;
  let isWhole = false;
  let isDisposed = false;
  try {
    signal.throwIfAborted();
    connection.write(requestHead(request, route));
    if (body !== undefined) connection.write(Buffer.from(body));
    const head = await readHead(connection, url);
    const framing = framingOf(head, method, url);
    isWhole = framing.kind === "length" && framing.bytes === 0;
    return {
      request,
      url,
      head,
      framing,
      async *pieces() {
        if (isRead || isDisposed)
          throw new TypeError("the body of an answer is read once, and before it is disposed of");
        isRead = true;
        const settle = connection.expectPace({ ...pace, error: (bytes) => stalled(url, pace.windowMs, bytes) });
        try {
          for await (const piece of bodyPieces(connection, framing, url)) {
            // What came before the abort is still there, and may be megabytes.
            signal.throwIfAborted();
            yield piece;
          }
          isWhole = framing.kind !== "until-close";
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          throw fromConnection(error, url);
        } finally {
          settle();
        }
      },
      async [Symbol.asyncDispose]() {
        if (isDisposed) return;
        isDisposed = true;
        signal.removeEventListener("abort", stop);
        pool.giveBack(route, connection, isWhole && head.keepsAlive && !signal.aborted);
      },
    };
  } catch (error) {
    signal.removeEventListener("abort", stop);
    throw fromConnection(error, url);
  } finally {
    clearTimeout(timer);
  }
}

async function readHead(connection: Connection, url: URL): Promise<ResponseHead> {
  for (let interim = 0; interim <= maxInterim; interim += 1) {
    const bytes = await connection.takeThrough("\r\n\r\n", headLimit);
    if (bytes === "too-far") throw invalidAnswer(url, `its head is longer than ${headLimit} bytes`);
    if (bytes === "ended") throw brokenOff(url, "it ended before the head of the answer");
    const head = parseResponseHead(bytes.toString("latin1"), url);
    if (head.status === 101) throw invalidAnswer(url, "it changes the protocol, which nobody asked for");
    if (head.status >= 200) return head;
  }
  throw invalidAnswer(url, "it has more than ten interim answers");
}

/** What a socket fails with, as an error that says what it means. */
function fromConnection(error: unknown, url: URL): unknown {
  const code = systemCode(error);
  const isTls = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_SSL_");
  return code === undefined && !isTls ? error : brokenOff(url, code ?? "TLS failed in the middle", error);
}

function isBreak(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "TRANSFER_BROKEN_OFF";
}

function silent(url: URL, answerTimeoutMs: number): Error {
  return transferError("TRANSFER_STALLED", {
    message: `${url.host} gave no answer within ${answerTimeoutMs} ms.`,
    hint: "Try again later; what has arrived is kept.",
    facts: { url: url.href, windowMs: answerTimeoutMs, receivedBytes: 0 },
  });
}

function stalled(url: URL, windowMs: number, receivedBytes: number): Error {
  return transferError("TRANSFER_STALLED", {
    message: `Only ${receivedBytes} bytes came from ${url.host} within ${windowMs} ms.`,
    hint: "Try again, when the line is better: what has arrived is kept, and is gone on with.",
    facts: { url: url.href, windowMs, receivedBytes },
  });
}
