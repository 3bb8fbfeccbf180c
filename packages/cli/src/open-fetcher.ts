import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers, fallback } from "@llama-orch/model-provisioner";
import { hfCliOptions } from "./hf-cli-options.ts";
import { lazyFetcher } from "./lazy-fetcher.ts";

export interface FetcherChoices {
  /** What becomes of a `file:` model. @default "in-place" */
  readonly stage?: "in-place" | "copy" | undefined;
  /** How `hf:` models come here; `auto`: natively, and by the Hugging Face CLI where that cannot. @default "auto" */
  readonly hfVia?: "auto" | "native" | "cli" | undefined;
  /** Which addresses `http:` and `https:` models may come from; `public`: none of a private network. @default "any" */
  readonly addresses?: "any" | "public" | undefined;
}

/** All that this command can bring models with. A new fetcher is wired in here, and nowhere else. */
export function openFetcher(choices: FetcherChoices = {}): ModelFetcher {
  const { stage = "in-place", hfVia = "auto", addresses = "any" } = choices;
  return composeFetchers(fileFetcher({ stage }), hfFetchers[hfVia](), openHttp(addresses));
}

const hfFetchers: Readonly<Record<NonNullable<FetcherChoices["hfVia"]>, () => ModelFetcher<"hf">>> = {
  auto: () => fallback(openHfNative(), openHfCli()),
  native: openHfNative,
  cli: openHfCli,
};

function openHfNative(): ModelFetcher<"hf"> {
  const facts = { name: "fetcher-hf", schemes: ["hf"], network: true, managed: true } as const;
  return lazyFetcher(facts, async () => {
    const { openHfFetcher } = await import("./network-fetchers.ts");
    return openHfFetcher(process.env);
  });
}

function openHfCli(): ModelFetcher<"hf"> {
  const facts = { name: "fetcher-hf-cli", schemes: ["hf"], network: true, managed: true } as const;
  return lazyFetcher(facts, async () => {
    const { hfCliFetcher } = await import("@llama-orch/fetcher-hf-cli");
    return hfCliFetcher(hfCliOptions(process.env));
  });
}

function openHttp(addresses: "any" | "public"): ModelFetcher<"http" | "https"> {
  const facts = { name: "fetcher-http", schemes: ["http", "https"], network: true, managed: true } as const;
  return lazyFetcher(facts, async () => {
    const { openHttpFetcher } = await import("./network-fetchers.ts");
    return openHttpFetcher(process.env, addresses);
  });
}
