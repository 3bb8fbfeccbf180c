import { transferError } from "../errors.ts";

export function invalidOption(option: string, value: unknown, hint: string): Error {
  return transferError("TRANSFER_OPTION_INVALID", {
    message: `The option ${option} is ${JSON.stringify(value)}, which it may not be.`,
    hint,
    facts: { option },
  });
}
