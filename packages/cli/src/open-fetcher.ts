import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers } from "@llama-orch/model-provisioner";
import { hfCliOptions } from "./hf-cli-options.ts";
import { lazyFetcher } from "./lazy-fetcher.ts";

export interface FetcherChoices {
  /** What becomes of a `file:` model. @default "in-place" */
  readonly stage?: "in-place" | "copy" | undefined;
  /** How `hf:` models come here; `auto`: by the best way that there is, which is the Hugging Face CLI as yet. @default "auto" */
  readonly hfVia?: "auto" | "cli" | undefined;
}

/** All that this command can bring models with. A new fetcher is wired in here, and nowhere else. */
export function openFetcher({ stage = "in-place", hfVia = "auto" }: FetcherChoices = {}): ModelFetcher {
  return composeFetchers(fileFetcher({ stage }), hfFetchers[hfVia]());
}

const hfFetchers: Readonly<Record<NonNullable<FetcherChoices["hfVia"]>, () => ModelFetcher<"hf">>> = {
  auto: openHfCli,
  cli: openHfCli,
};

function openHfCli(): ModelFetcher<"hf"> {
  const facts = { name: "fetcher-hf-cli", schemes: ["hf"], network: true, managed: true } as const;
  return lazyFetcher(facts, async () => {
    const { hfCliFetcher } = await import("@llama-orch/fetcher-hf-cli");
    return hfCliFetcher(hfCliOptions(process.env));
  });
}
