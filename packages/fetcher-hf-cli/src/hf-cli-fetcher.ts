import type {
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelFetcher,
  ModelRef,
} from "@llama-orch/catalog-core";
import { chooseCli } from "./cli/choose-cli.ts";
import { fetchByCli } from "./fetch.ts";
import { type HfCliFetcherOptions, type HfCliSettings, parseHfCliOptions } from "./hf-cli-options.ts";
import { planDownload } from "./plan.ts";
import { version } from "./version.ts";

/**
 * `hf:` references, through the Hugging Face CLI that is installed on this machine (`hf` or `huggingface-cli`, from 0.25).
 * Nothing is ever installed.
 * @throws ModelError `HF_CLI_OPTION_INVALID`
 */
export function hfCliFetcher(options: HfCliFetcherOptions = {}): HfCliFetcher {
  return new HfCliFetcher(options);
}

/**
 * Files and repositories of a Hub. What the CLI says is a hint: what it has brought is looked at, and compared with the
 * digests that the Hub declared. The CLI finds its token, endpoint, proxy and certificates as it always does.
 */
export class HfCliFetcher implements ModelFetcher<"hf"> {
  readonly name: string = "fetcher-hf-cli";
  readonly version: string = version;
  readonly schemes: readonly "hf"[] = ["hf"];
  readonly network: boolean = true;
  readonly managed: boolean = true;
  readonly #settings: HfCliSettings;

  /** @throws ModelError `HF_CLI_OPTION_INVALID` */
  constructor(options: HfCliFetcherOptions = {}) {
    this.#settings = parseHfCliOptions(options);
  }

  /**
   * Finds a CLI, and asks nothing of the Hub: sizes and digests show only when the files are there, and which files a
   * repository has, too (`FetchPlan.isOpen`).
   * @throws ModelError `HF_CLI_MISSING`, `HF_CLI_UNSUPPORTED`, `HF_CLI_FORM_UNSUPPORTED`
   */
  async plan(ref: ModelRef, { signal }: FetchContext): Promise<FetchPlan> {
    signal.throwIfAborted();
    const plan = planDownload(ref, this.#settings.env);
    await chooseCli(this.#settings, signal);
    return plan;
  }

  /** @throws ModelError of `HfCliErrorCode`, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    const cli = await chooseCli(this.#settings, context.signal);
    return fetchByCli(plan, ingest, { ...context, cli, settings: this.#settings });
  }
}
