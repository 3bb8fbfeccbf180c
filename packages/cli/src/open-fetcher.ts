import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers, fallback } from "@llama-orch/model-provisioner";
import { hfCliOptions } from "./hf-cli-options.ts";
import { lazyFetcher } from "./lazy-fetcher.ts";
import { normalizers } from "./normalizers.ts";

export interface FetcherChoices {
  /** What becomes of a `file:` model. @default "in-place" */
  readonly stage?: "in-place" | "copy" | undefined;
  /** How `hf:` models come here; `auto`: natively, and by the Hugging Face CLI where that cannot. @default "auto" */
  readonly hfVia?: "auto" | "native" | "cli" | undefined;
  /** Which addresses models may come from, but for those of a Hub; `public`: none of a private network. @default "any" */
  readonly addresses?: "any" | "public" | undefined;
  /** Of an image for several: `linux/arm64`. @default that of this machine */
  readonly platform?: string | undefined;
  /** Whether `s3:` is asked as nobody, whatever credentials there are. @default false */
  readonly noSignRequest?: boolean | undefined;
  /** Whether requests to `s3:` may be charged to whoever asks. @default false */
  readonly requesterPays?: boolean | undefined;
}

/** All that this command can bring models with. A new fetcher is wired in here, and nowhere else. */
export function openFetcher(choices: FetcherChoices = {}): ModelFetcher {
  const { stage = "in-place", hfVia = "auto" } = choices;
  return composeFetchers(
    fileFetcher({ stage }),
    hfFetchers[hfVia](),
    openHttp(choices),
    openOci(choices),
    openS3(choices),
  );
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

function openHttp({ addresses = "any" }: FetcherChoices): ModelFetcher<"http" | "https"> {
  const facts = { name: "fetcher-http", schemes: ["http", "https"], network: true, managed: true } as const;
  return lazyFetcher(facts, async () => {
    const { openHttpFetcher } = await import("./network-fetchers.ts");
    return openHttpFetcher(process.env, addresses);
  });
}

function openOci({ addresses = "any", platform }: FetcherChoices): ModelFetcher<"oci"> {
  const facts = { name: "fetcher-oci", schemes: ["oci"], network: true, managed: true } as const;
  return lazyFetcher({ ...facts, normalize: normalizers.oci }, async () => {
    const { openOciFetcher } = await import("./network-fetchers.ts");
    return openOciFetcher(process.env, { addresses, platform });
  });
}

function openS3(choices: FetcherChoices): ModelFetcher<"s3"> {
  const { addresses = "any", noSignRequest = false, requesterPays = false } = choices;
  const facts = { name: "fetcher-s3", schemes: ["s3"], network: true, managed: true } as const;
  return lazyFetcher({ ...facts, normalize: normalizers.s3 }, async () => {
    const { openS3Fetcher } = await import("./network-fetchers.ts");
    return openS3Fetcher(process.env, { addresses, noSignRequest, requesterPays });
  });
}
