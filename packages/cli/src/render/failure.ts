import { isModelError, redactText } from "@llama-orch/catalog-core";
import { Interruption } from "../interruption.ts";
import { commandHint } from "./command-hint.ts";

/** An error as a person or a program reads it. No text in it holds a secret. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Only when debugging: where it comes from. */
  readonly stack?: string;
}

const reportTo = "https://github.com/llama-orch/model-provisioner/issues";

export function describeFailure(error: unknown, debug: boolean): Failure {
  return { ...wording(error), ...(debug && { stack: redactText(stackOf(error)) }) };
}

function wording(error: unknown): Failure {
  if (error instanceof Interruption) {
    const hint = "Nothing half-done is visible; run the same command again to finish it.";
    return { code: "INTERRUPTED", message: error.message, hint };
  }
  if (isModelError(error)) return { code: error.code, message: error.message, hint: commandHint(error) };
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: "UNEXPECTED",
    message: redactText(`unexpected: ${what}`),
    hint: `This is a mistake in the program. Run it with MODEL_PROVISIONER_DEBUG=1 and report what it says at ${reportTo}.`,
  };
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? String(error);
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
