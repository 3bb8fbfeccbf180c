import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type DigestText, type FetchContext, fileErrorFrom } from "@llama-orch/catalog-core";

/** The digests of a file while it grows: sha256, and whatever else the caller will compare. */
export class RunningDigests {
  readonly #hashes;

  constructor({ expectedDigest }: FetchContext) {
    const algorithms = new Set(["sha256", expectedDigest?.algorithm ?? "sha256"] as const);
    this.#hashes = [...algorithms].map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  }

  add(chunk: Uint8Array): void {
    for (const { hash } of this.#hashes) hash.update(chunk);
  }

  /** Adds what lies in a file. */
  async addFile(path: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const chunk of createReadStream(path)) {
        signal.throwIfAborted();
        this.add(Buffer.from(chunk));
      }
    } catch (cause) {
      signal.throwIfAborted();
      throw fileErrorFrom(cause, path, "read");
    }
  }

  /** Ends it: nothing can be added any more. */
  end(): readonly DigestText[] {
    return this.#hashes.map(({ algorithm, hash }): DigestText => `${algorithm}:${hash.digest("hex")}`);
  }
}
