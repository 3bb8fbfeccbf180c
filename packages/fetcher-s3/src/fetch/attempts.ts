import type { FetchContext } from "@llama-orch/catalog-core";
import type { TransferOptions } from "@llama-orch/transfer";

/** Counts the tries of each file over all of its transfers: each of those counts from one. */
export class Attempts {
  readonly #last = new Map<string, number>();

  /** A listener for the next transfer of a file. */
  listener(path: string, onProgress: FetchContext["onProgress"]): NonNullable<TransferOptions["onProgress"]> {
    const before = this.#last.get(path) ?? 0;
    return (progress) => {
      const attempt = before + progress.attempt;
      this.#last.set(path, attempt);
      onProgress({ path, ...progress, attempt });
    };
  }
}
