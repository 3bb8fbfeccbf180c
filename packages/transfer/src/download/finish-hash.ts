import type { DigestText } from "@llama-orch/catalog-core";
import type { ChecksumText, GrowingHash } from "@llama-orch/hashing";

/** What a file is known by when all of it is here. */
export interface Hashes {
  readonly digests: readonly DigestText[];
  readonly checksums: readonly ChecksumText[];
}

/** Those of a file that is complete. The hash may have a long way to go, of what an earlier attempt left: an abort ends it. */
export async function finishHash(hash: GrowingHash, sizeBytes: number, signal: AbortSignal): Promise<Hashes> {
  signal.throwIfAborted();
  let stopped: PromiseLike<void> | undefined;
  const stop = (): void => void (stopped = hash[Symbol.asyncDispose]());
  signal.addEventListener("abort", stop, { once: true });
  try {
    const digests = await hash.finish(sizeBytes);
    return { digests, checksums: hash.checksums };
  } finally {
    signal.removeEventListener("abort", stop);
    await stopped;
    // What is stopped gives an error of its own, or a digest of anything.
    signal.throwIfAborted();
  }
}
