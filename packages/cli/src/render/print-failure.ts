import { Interruption } from "../interruption.ts";
import { describeFailure } from "./failure.ts";
import { label } from "./label.ts";
import { printable } from "./printable.ts";

/** One line of what, one of what to do; or one JSON object. Nothing for those who have stopped listening. */
export function printFailure(error: unknown, json: boolean): void {
  if (error instanceof Interruption && error.silent) return;
  const { stack, ...failure } = describeFailure(error, process.env["MODEL_PROVISIONER_DEBUG"] === "1");
  if (json) {
    process.stderr.write(`${JSON.stringify({ error: { ...failure, ...(stack !== undefined && { stack }) } })}\n`);
    return;
  }
  process.stderr.write(`${label("error", process.stderr)} ${printable(failure.message)}\n`);
  process.stderr.write(`${label("hint", process.stderr)} ${printable(failure.hint)}\n`);
  if (stack !== undefined) process.stderr.write(`${stack.split("\n").map(printable).join("\n")}\n`);
}
