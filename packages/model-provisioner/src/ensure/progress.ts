import type { HashProgress } from "@llama-orch/artifact-store";
import type { EventBody, FetchPlan, FetchProgress } from "@llama-orch/catalog-core";

/** Adds up the files' progress, so that a listener need not. */
export function fetchProgress(
  plan: FetchPlan,
  emit: (body: EventBody) => void,
  onReceived: (receivedBytes: number) => void,
): (progress: FetchProgress) => void {
  const received = new Map<string, number>();
  const totalBytes = plannedBytes(plan);
  let receivedInAll = 0;
  return ({ path, receivedBytes, totalBytes: fileTotal, attempt }) => {
    receivedInAll += receivedBytes - (received.get(path) ?? 0);
    received.set(path, receivedBytes);
    onReceived(receivedInAll);
    const overall = { receivedBytes: receivedInAll, totalBytes };
    emit({ type: "fetch-progress", path, receivedBytes, totalBytes: fileTotal, attempt, overall });
  };
}

/** Sum of the planned sizes; `null` when the source does not tell all of them. */
export function plannedBytes(plan: FetchPlan): number | null {
  return plan.isOpen === true || plan.files.some(({ sizeBytes }) => sizeBytes === undefined) ? null : knownBytes(plan);
}

/** Sum of the sizes that the source tells: the artifact has no less. */
export function knownBytes(plan: FetchPlan): number {
  return plan.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
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
