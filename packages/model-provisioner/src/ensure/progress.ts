import type { HashProgress } from "@llama-orch/artifact-store";
import type { EventBody, FetchPlan, FetchProgress } from "@llama-orch/catalog-core";

/** Adds up the files' progress, so that a listener need not. */
export function fetchProgress(plan: FetchPlan, emit: (body: EventBody) => void): (progress: FetchProgress) => void {
  const received = new Map<string, number>();
  const totalBytes = plannedBytes(plan);
  let receivedInAll = 0;
  return ({ path, receivedBytes, totalBytes: fileTotal, attempt }) => {
    receivedInAll += receivedBytes - (received.get(path) ?? 0);
    received.set(path, receivedBytes);
    const overall = { receivedBytes: receivedInAll, totalBytes };
    emit({ type: "fetch-progress", path, receivedBytes, totalBytes: fileTotal, attempt, overall });
  };
}

/** Sum of the planned sizes; `null` when the source does not tell all of them. */
export function plannedBytes(plan: FetchPlan): number | null {
  let sum = 0;
  for (const { sizeBytes } of plan.files) {
    if (sizeBytes === undefined) return null;
    sum += sizeBytes;
  }
  return sum;
}

/** Ten events a second are enough to watch; the last one of a file is never left out. */
const everyMs = 100;

export function hashProgress(emit: (body: EventBody) => void): (progress: HashProgress) => void {
  let lastMs = 0;
  return (progress) => {
    const nowMs = Date.now();
    if (nowMs - lastMs < everyMs && progress.hashedBytes < progress.totalBytes) return;
    lastMs = nowMs;
    emit({ type: "hash-progress", ...progress });
  };
}
