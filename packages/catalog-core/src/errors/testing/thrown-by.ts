import { isModelError, type ModelError } from "../model-error.ts";

/** The error that a call throws; anything but a `ModelError`, and a call that returns, fails the test. */
export function thrownBy(call: () => unknown): ModelError {
  try {
    call();
  } catch (error) {
    if (isModelError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
