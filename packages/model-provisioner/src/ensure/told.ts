import { isModelError, type ResolvedModel } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";

/** Tells the start and the end of a call. An abort is the caller's own doing, and is told to nobody. */
export async function told(call: Call, ensure: () => Promise<ResolvedModel>): Promise<ResolvedModel> {
  call.emit({ type: "ensure-started", reference: call.reference });
  try {
    const model = await ensure();
    call.emit({ type: "ensure-finished", localPath: model.localPath, report: model.report });
    return model;
  } catch (error) {
    if (!call.signal.aborted) call.emit({ type: "ensure-failed", ...failureOf(error) });
    throw error;
  }
}

/** Of an error that is not of this system, only that it happened: its text may hold what nobody has redacted. */
function failureOf(error: unknown): { readonly code: string; readonly message: string; readonly hint: string } {
  if (isModelError(error)) return { code: error.code, message: error.message, hint: error.hint };
  return { code: "UNEXPECTED", message: "An unexpected error was thrown.", hint: "See the error itself." };
}
