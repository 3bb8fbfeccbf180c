import type { FetchContext } from "@llama-orch/catalog-core";
import { shelfError } from "./shelf-errors.ts";

/** The answer to a GET: status 200, or 206 where a part was asked for. Its headers are there, its body is yet to come. */
export async function ask(url: string, { signal, correlationId }: FetchContext, firstByte = 0): Promise<Response> {
  signal.throwIfAborted();
  const response = await fetch(url, {
    // Not the caller's own signal: fetch would leave a listener on it.
    signal: AbortSignal.any([signal]),
    headers: {
      "X-Correlation-Id": correlationId,
      // Sizes and ranges are those of the file, not of a compressed form of it.
      "Accept-Encoding": "identity",
      ...(firstByte > 0 && { Range: `bytes=${firstByte}-` }),
    },
  }).catch((cause: unknown) => failed(url, signal, cause));
  if (response.status === 200 || (response.status === 206 && firstByte > 0)) return response;
  await response.body?.cancel();
  throw shelfError(response.status === 404 ? "SHELF_NOT_FOUND" : "SHELF_ANSWER_INVALID", {
    message: `The shelf answered ${url} with status ${response.status}.`,
    hint: "Check the name of the model. If its version has just been replaced, try again.",
    facts: { url, status: response.status },
  });
}

/** The whole of a small document. */
export async function askText(url: string, context: FetchContext): Promise<string> {
  const response = await ask(url, context);
  return response.text().catch((cause: unknown) => failed(url, context.signal, cause));
}

/** The bytes of an answer, as they come. */
export async function* bytesOf({ body }: Response, url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (cause) {
    failed(url, signal, cause);
  }
}

/** An abort is the caller's own doing, and stays what it is. */
function failed(url: string, signal: AbortSignal, cause: unknown): never {
  signal.throwIfAborted();
  throw shelfError("SHELF_UNREACHABLE", {
    message: `${url} could not be reached, or the connection broke.`,
    hint: "Check that the shelf is running, and try again.",
    facts: { url },
    cause,
  });
}
