import type { Patience } from "./patience.ts";
import type { TransferOptions } from "./transfer-options.ts";

/** Twenty times a second is enough to watch. */
const everyMs = 50;

/** How far a file has come, told at once, then at most twenty times a second, and when all of it is there. */
export interface ProgressTeller extends Disposable {
  received(bytes: number): void;
}

/** By the clock, and not when bytes come: of those that came before a line went dead, the last would not be told. */
export function tellProgress(
  onProgress: NonNullable<TransferOptions["onProgress"]>,
  patience: Patience,
  totalBytes: number | null,
): ProgressTeller {
  let receivedBytes: number | undefined;
  let told: string | undefined;
  const tell = (): void => {
    if (receivedBytes === undefined) return;
    const attempt = patience.attempts;
    const now = `${receivedBytes} ${attempt}`;
    if (now === told) return;
    told = now;
    onProgress({ receivedBytes, totalBytes, attempt });
  };
  const timer = setInterval(tell, everyMs);
  return {
    received(bytes) {
      const isFirst = receivedBytes === undefined;
      receivedBytes = bytes;
      if (isFirst || bytes === totalBytes) tell();
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      tell();
    },
  };
}
