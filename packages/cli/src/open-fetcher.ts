import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers } from "@llama-orch/model-provisioner";

/** All that this command can bring models with. A new fetcher is wired in here, and nowhere else. */
export function openFetcher(): ModelFetcher {
  return composeFetchers(fileFetcher());
}
