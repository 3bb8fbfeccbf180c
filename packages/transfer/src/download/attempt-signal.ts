import { transferError } from "../errors.ts";
import type { TransferSettings } from "./transfer-options.ts";
import type { Work } from "./work.ts";

/** Aborted with the whole transfer, or when one attempt has had its time. */
export interface AttemptSignal {
  readonly signal: AbortSignal;
  /** To be called when the attempt is over. */
  readonly end: () => void;
}

export function attemptSignal({ signal, settings: { attemptTimeoutMs } }: Work): AttemptSignal {
  if (attemptTimeoutMs === undefined) return { signal, end: () => {} };
  return limitedSignal(signal, attemptTimeoutMs, "An attempt");
}

/**
 * Does something within a time limit, if there is one.
 * @param what takes too long, for the message.
 * @throws ModelError `TRANSFER_TIMEOUT`, and what `act` throws
 */
export async function withinTime<T>(
  { signal, timeoutMs }: Pick<TransferSettings, "signal" | "timeoutMs">,
  what: string,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  if (timeoutMs === undefined) return act(signal);
  const limit = limitedSignal(signal, timeoutMs, what);
  try {
    return await act(limit.signal);
  } finally {
    limit.end();
  }
}

function limitedSignal(signal: AbortSignal, timeoutMs: number, what: string): AttemptSignal {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(timedOut(what, timeoutMs)), timeoutMs);
  return { signal: AbortSignal.any([signal, limit.signal]), end: () => clearTimeout(timer) };
}

function timedOut(what: string, timeoutMs: number): Error {
  return transferError("TRANSFER_TIMEOUT", {
    message: `${what} took longer than the ${timeoutMs} ms that it was given.`,
    hint: "Give it more time, or try again: what has arrived is kept, and is gone on with.",
    facts: { timeoutMs },
  });
}
