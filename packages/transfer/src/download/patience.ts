import { setTimeout as wait } from "node:timers/promises";
import { isModelError } from "@llama-orch/catalog-core";
import { transferError, type TransferErrorCode } from "../errors.ts";

export interface PatienceSettings {
  /** Failures in a row, with nothing new in between, that are met with another attempt. */
  readonly maxRetries: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** What a server may ask to wait; it is given up when it asks for more. */
  readonly maxRetryAfterMs: number;
  /** 0 to 1: for tests. */
  readonly random: () => number;
}

/** So much must have come for a failure to be the first one again. */
const progressBytes = 1024 * 1024;

/**
 * Whether to try again, and when. All connections of a transfer share it: when a server fails, it fails all of them at once,
 * and that is one failure.
 *
 * Waits are drawn from 0 up to a bound that doubles (full jitter): many machines that lost the same server do not come back
 * at the same moment.
 */
export class Patience {
  readonly #settings: PatienceSettings;
  #failures = 0;
  #newBytes = 0;
  #furthestBytes = 0;
  #hasSucceeded = false;
  #until: Promise<void> | undefined;
  /** How many times it was tried, the one under way included. */
  attempts = 1;
  /** That came over the network and were of use, of all tries. */
  movedBytes = 0;

  constructor(settings: PatienceSettings) {
    this.#settings = settings;
  }

  /** Another place is asked: that the one before has failed says nothing of it. */
  renew(): void {
    this.#failures = 0;
    this.#newBytes = 0;
    this.#hasSucceeded = false;
  }

  /** So many bytes of a file that begins anew each time have come: what an earlier try has brought is nothing new. */
  reached(bytes: number): void {
    const newBytes = Math.max(0, bytes - this.#furthestBytes);
    this.#furthestBytes += newBytes;
    this.progressed(newBytes);
  }

  progressed(bytes: number): void {
    this.#hasSucceeded = true;
    this.movedBytes += bytes;
    this.#newBytes += bytes;
    if (this.#newBytes < progressBytes) return;
    this.#newBytes = 0;
    this.#failures = 0;
  }

  /**
   * Waits for the next attempt after a failure.
   * @throws the failure itself, when it is of a kind or has come too often for another attempt; `signal.reason`
   */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Another connection has failed just before, and waits already.
    if (this.#until !== undefined && isRetryable(error)) return this.#until;
    this.#failures += 1;
    if (this.#failures > this.#retriesFor(error)) throw error;
    this.attempts += 1;
    this.#until = this.#wait(error, signal).finally(() => (this.#until = undefined));
    return this.#until;
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { baseDelayMs, maxDelayMs, maxRetryAfterMs, random } = this.#settings;
    const askedMs = retryAfterOf(error);
    if (askedMs !== undefined && askedMs > maxRetryAfterMs) throw askedForTooLong(error, askedMs);
    const bound = Math.min(maxDelayMs, baseDelayMs * 2 ** (this.#failures - 1));
    // What a server asks for is the least; those who ask at the same moment come back at different ones.
    const delayMs = (askedMs ?? 0) + Math.ceil(random() * bound);
    try {
      await wait(delayMs, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  }

  #retriesFor(error: unknown): number {
    const { maxRetries } = this.#settings;
    if (!isModelError<TransferErrorCode>(error)) return 0;
    switch (error.code) {
      case "TRANSFER_BROKEN_OFF":
      case "TRANSFER_STALLED":
      case "TRANSFER_TIMEOUT":
      case "TRANSFER_RATE_LIMITED":
        return maxRetries;
      case "TRANSFER_STATUS":
        return isPassing(error.facts["status"]) ? maxRetries : 0;
      // What was never there, will probably not come.
      case "TRANSFER_UNREACHABLE":
        return this.#hasSucceeded ? maxRetries : Math.min(2, maxRetries);
      case "TRANSFER_HOST_UNKNOWN":
      case "TRANSFER_TLS":
        return this.#hasSucceeded ? maxRetries : 0;
      case "TRANSFER_ANSWER_INVALID":
      case "TRANSFER_PROXY":
        return Math.min(2, maxRetries);
      default:
        return 0;
    }
  }
}

function isRetryable(error: unknown): boolean {
  return isModelError(error) && error.category === "network";
}

/** Statuses of servers that will be better soon. */
function isPassing(status: unknown): boolean {
  return (
    typeof status === "number" && (status >= 500 ? status !== 501 && status !== 505 : [408, 423, 425].includes(status))
  );
}

/** What a server asks to wait, in ms. */
export function retryAfterOf(error: unknown): number | undefined {
  const seconds = isModelError(error) ? error.facts["retryAfterSeconds"] : undefined;
  return typeof seconds === "number" ? seconds * 1_000 : undefined;
}

function askedForTooLong(error: unknown, askedMs: number): unknown {
  if (!isModelError<TransferErrorCode>(error) || error.code === "TRANSFER_RATE_LIMITED") return error;
  return transferError("TRANSFER_RATE_LIMITED", {
    message: `${error.message} It asks to wait for ${Math.ceil(askedMs / 1_000)} s.`,
    hint: "Try again then; what has arrived is kept.",
    facts: error.facts,
    cause: error,
  });
}
