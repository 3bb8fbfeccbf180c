import type { Patience } from "./patience.ts";
import type { TransferOptions } from "./transfer-options.ts";

/** Twenty times a second is enough to watch. */
const everyMs = 50;

/** Reports how far a file has come: at once, then at most twenty times a second, and when all of it is there. */
export function throttledProgress(
  onProgress: NonNullable<TransferOptions["onProgress"]>,
  patience: Patience,
  totalBytes: number | null,
): (receivedBytes: number) => void {
  let lastMs = -Infinity;
  return (receivedBytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < everyMs && receivedBytes !== totalBytes) return;
    lastMs = nowMs;
    onProgress({ receivedBytes, totalBytes, attempt: patience.attempts });
  };
}
