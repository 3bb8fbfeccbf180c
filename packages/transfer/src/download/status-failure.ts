import type { HttpAnswer } from "../http/exchange.ts";
import type { HttpRequest } from "../http/request-head.ts";
import type { ResponseHead } from "../http/response-head.ts";
import { transferError } from "../errors.ts";
import { parseRateLimit, parseRetryAfter } from "./retry-after.ts";
import type { TransferSettings } from "./transfer-options.ts";

/** An answer that is no success. */
export interface Refusal {
  readonly head: ResponseHead;
  readonly url: URL;
  readonly method: HttpRequest["method"];
  /** The beginning of its body, at most 64 KiB; as much as comes within five seconds, for the status alone says enough. */
  text(): Promise<string>;
}

/** As whoever knows the server explains a status, else as it is meant by everybody. */
export async function explained(
  answer: HttpAnswer,
  { explainStatus }: Pick<TransferSettings, "explainStatus">,
): Promise<Error> {
  const { head, url, request } = answer;
  const refusal: Refusal = { head, url, method: request.method, text: () => readBeginning(answer) };
  return (await explainStatus(refusal)) ?? statusFailure(answer);
}

const textLimitBytes = 64 * 1024;
const textTimeoutMs = 5_000;

async function readBeginning(answer: HttpAnswer): Promise<string> {
  const parts: Buffer[] = [];
  const reading = (async () => {
    let length = 0;
    for await (const piece of answer.pieces()) {
      parts.push(Buffer.from(piece));
      length += piece.length;
      if (length > textLimitBytes) return;
    }
  })();
  const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, textTimeoutMs);
  // What breaks off, or is aborted, has told what it has told; the caller sees the abort by itself.
  await Promise.race([reading.catch(() => {}), late]);
  clearTimeout(timer);
  return Buffer.concat(parts).toString("utf8", 0, textLimitBytes);
}

/** The error that a status stands for, which is no 2xx and no 416. */
function statusFailure({ head, url }: HttpAnswer): Error {
  const { status, headers } = head;
  const retryAfterMs =
    parseRetryAfter(headers.get("retry-after"), Date.now()) ?? parseRateLimit(headers.get("ratelimit"));
  const facts = {
    url: url.href,
    status,
    ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) }),
  };
  switch (status) {
    case 404:
    case 410:
      return transferError("TRANSFER_NOT_FOUND", {
        message: `${url.host} has nothing at ${url.pathname} (${status}).`,
        hint: "Check the URL; some servers say this also of what may not be seen without credentials.",
        facts,
      });
    case 401:
    case 407:
      return transferError("TRANSFER_UNAUTHORIZED", {
        message: `${status === 407 ? "The proxy" : url.host} wants to know who asks (${status}).`,
        hint: "Give credentials, for this host; those that were given, if any, are not accepted.",
        facts,
      });
    case 403:
      return transferError("TRANSFER_FORBIDDEN", {
        message: `${url.host} does not allow to fetch ${url.pathname} (403).`,
        hint: "If the URL is a signed one, it has expired: get a new one. Else ask whoever runs the server for access.",
        facts,
      });
    case 429:
      return transferError("TRANSFER_RATE_LIMITED", {
        message: `${url.host} gets too many requests (429).`,
        hint: "Wait a while, and try again; what has arrived is kept.",
        facts,
      });
    default:
      return transferError("TRANSFER_STATUS", {
        message: `${url.host} answers ${status} for ${url.pathname}.`,
        hint:
          status >= 500
            ? "The server is in trouble: try again later; what has arrived is kept."
            : "The server does not understand the request: check the URL.",
        facts,
      });
  }
}
