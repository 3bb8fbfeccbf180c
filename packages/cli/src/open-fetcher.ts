import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers } from "@llama-orch/model-provisioner";

export interface FetcherChoices {
  /** What becomes of a `file:` model. @default "in-place" */
  readonly stage?: "in-place" | "copy";
}

/** All that this command can bring models with. A new fetcher is wired in here, and nowhere else. */
export function openFetcher({ stage = "in-place" }: FetcherChoices = {}): ModelFetcher {
  return composeFetchers(fileFetcher({ stage }));
}
