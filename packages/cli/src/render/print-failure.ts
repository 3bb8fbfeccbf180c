import { redactText } from "@llama-orch/catalog-core";
import { Interruption } from "../interruption.ts";
import { label, standardError } from "../standard-error.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { printable } from "./printable.ts";

/** Which of several things failed. */
export interface FailureSubject {
  readonly reference: string;
  readonly correlationId: string;
  /** Others were named beside it: the line has to say which one it is about. */
  readonly isOneOfMany: boolean;
}

/** One line of what, one of what to do; or one JSON object. Nothing for those who have stopped listening. */
export function printFailure(error: unknown, json: boolean, subject?: FailureSubject): void {
  if (error instanceof Interruption && error.silent) return;
  const failure = describeFailure(error, process.env["MODEL_PROVISIONER_DEBUG"] === "1");
  if (json) return standardError.write(`${JSON.stringify({ error: failureResult(failure, subject) })}\n`);
  const { message, hint, stack } = failure;
  standardError.write(`${label("error", standardError)} ${printable(withSubject(message, subject))}\n`);
  standardError.write(`${label("hint", standardError)} ${printable(hint)}\n`);
  if (stack !== undefined) standardError.write(`${stack.split("\n").map(printable).join("\n")}\n`);
}

function failureResult(failure: Failure, subject: FailureSubject | undefined): object {
  if (subject === undefined) return failure;
  const { reference, correlationId } = subject;
  return { ...failure, reference: redactText(reference), correlationId };
}

function withSubject(message: string, subject: FailureSubject | undefined): string {
  const reference = redactText(subject?.reference ?? "");
  const isNamed = message.includes(reference) && subject?.isOneOfMany !== true;
  return reference === "" || isNamed ? message : `${reference}: ${message}`;
}
