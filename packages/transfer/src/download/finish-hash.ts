import type { DigestText } from "@llama-orch/catalog-core";
import type { GrowingHash } from "@llama-orch/hashing";

/** The digests of a file that is complete. The hash may have a long way to go, of what an earlier attempt left: an abort ends it. */
export async function finishHash(
  hash: GrowingHash,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<readonly DigestText[]> {
  signal.throwIfAborted();
  let stopped: PromiseLike<void> | undefined;
  const stop = (): void => void (stopped = hash[Symbol.asyncDispose]());
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await hash.finish(sizeBytes);
  } finally {
    signal.removeEventListener("abort", stop);
    await stopped;
    // What is stopped gives an error of its own, or a digest of anything.
    signal.throwIfAborted();
  }
}
