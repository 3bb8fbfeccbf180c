import type { FetchContext, FetchPlan } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { assertPlan } from "./check-fetcher.ts";
import { abortable } from "./flights.ts";
import { assertOnline, assertSize } from "./policy.ts";
import { knownBytes, plannedBytes } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

/** What the source has, checked before anything is done by it. */
export async function makePlan(call: Call, around: Surroundings): Promise<FetchPlan> {
  const { fetcher, settings, signal, emit } = around;
  assertOnline(call.id, fetcher, call.offline);
  const plan = await abortable(
    fetcher.plan(
      call.ref,
      fetchContext(call, around, () => {}),
    ),
    signal,
  );
  assertPlan(plan, fetcher);
  const totalBytes = plannedBytes(plan);
  assertSize(call.id, knownBytes(plan), settings);
  const { source, revision } = plan;
  const files = plan.isOpen === true ? null : plan.files.length;
  emit({ type: "plan-made", source, ...(revision !== undefined && { revision }), files, totalBytes });
  return plan;
}

/** What a fetcher is given for this call. */
export function fetchContext(call: Call, around: Surroundings, onProgress: FetchContext["onProgress"]): FetchContext {
  const { signal, settings } = around;
  const { correlationId, expected } = call;
  return { signal, onProgress, logger: settings.logger, correlationId, ...(expected && { expectedDigest: expected }) };
}
