import { ociError } from "./errors.ts";

export function invalidOption(option: string, value: unknown, hint: string): Error {
  return ociError("OCI_OPTION_INVALID", {
    message: `${JSON.stringify(value)} is no value for the option ${option} of ociFetcher.`,
    hint,
    facts: { option },
  });
}
