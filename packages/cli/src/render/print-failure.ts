import { Interruption } from "../interruption.ts";
import { standardError } from "../standard-error.ts";
import { describeFailure } from "./failure.ts";
import { label } from "./label.ts";
import { printable } from "./printable.ts";

/** One line of what, one of what to do; or one JSON object. Nothing for those who have stopped listening. */
export function printFailure(error: unknown, json: boolean): void {
  if (error instanceof Interruption && error.silent) return;
  const { stack, ...failure } = describeFailure(error, process.env["MODEL_PROVISIONER_DEBUG"] === "1");
  if (json) {
    standardError.write(`${JSON.stringify({ error: { ...failure, ...(stack !== undefined && { stack }) } })}\n`);
    return;
  }
  standardError.write(`${label("error", standardError)} ${printable(failure.message)}\n`);
  standardError.write(`${label("hint", standardError)} ${printable(failure.hint)}\n`);
  if (stack !== undefined) standardError.write(`${stack.split("\n").map(printable).join("\n")}\n`);
}
