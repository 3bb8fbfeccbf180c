import { isModelError, type ModelError } from "@llama-orch/catalog-core";

/** The typed error that a call fails with; anything else that it ends with fails the test. */
export async function modelFailure(call: Promise<unknown>): Promise<ModelError> {
  const outcome: unknown = await call.catch((error: unknown) => error);
  if (!isModelError(outcome)) throw new Error("it did not fail with a ModelError", { cause: outcome });
  return outcome;
}
