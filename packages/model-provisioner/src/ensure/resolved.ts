import type { EnsureReport, ResolvedModel } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";

/** The result of a call, with the figures that its caller logs. */
export function resolved(call: Call, localPath: string, figures: Omit<EnsureReport, "durationMs">): ResolvedModel {
  const report: EnsureReport = { ...figures, durationMs: Date.now() - call.startedMs };
  return { id: call.id, localPath, report };
}
