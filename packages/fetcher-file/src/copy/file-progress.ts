import type { FetchContext } from "@llama-orch/catalog-core";
import type { VersionedFile } from "../file-version.ts";

/** Twenty times a second is enough to watch. */
const everyMs = 50;

/** Reports how far one file has come: at once, then at most twenty times a second, and when all of it is there. */
export function fileProgress(
  { path, version }: VersionedFile,
  onProgress: FetchContext["onProgress"],
): (receivedBytes: number) => void {
  const totalBytes = version.sizeBytes;
  let lastMs = -Infinity;
  return (receivedBytes) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < everyMs && receivedBytes < totalBytes) return;
    lastMs = nowMs;
    onProgress({ path, receivedBytes, totalBytes, attempt: 1 });
  };
}
