import { systemCode } from "@llama-orch/catalog-core";
import { transferError } from "../errors.ts";

/** An answer that breaks the protocol, or says two things at once. */
export function invalidAnswer(url: URL, problem: string): Error {
  return transferError("TRANSFER_ANSWER_INVALID", {
    message: `${url.host} gives an answer that cannot be right: ${problem}.`,
    hint: "Something on the way may have changed it; try again, or another mirror.",
    facts: { url: url.href, problem },
  });
}

/** It ended before it was whole. */
export function brokenOff(url: URL, what: string, cause?: unknown): Error {
  const code = systemCode(cause);
  return transferError("TRANSFER_BROKEN_OFF", {
    message: `The connection to ${url.host} broke off: ${what}.`,
    hint: "Try again: what has arrived is kept, and is gone on with.",
    facts: { url: url.href, ...(code !== undefined && { systemCode: code }) },
    cause,
  });
}
