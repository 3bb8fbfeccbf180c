import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  isModelError,
  type ModelFetcher,
  type ModelRef,
} from "@llama-orch/catalog-core";
import { type HttpClient, httpClient, parseTransferOptions } from "@llama-orch/transfer";
import { isOffline, pythonCacheFolder } from "./environment.ts";
import { hfError } from "./errors.ts";
import { fetchModel } from "./fetch/fetch-model.ts";
import { type HfFetcherOptions, type HfSettings, parseHfOptions } from "./hf-fetcher-options.ts";
import { Hub } from "./hub/hub.ts";
import { assertHfRef, type PlannedModel, planModel } from "./plan/plan-model.ts";
import { PythonCache } from "./python-cache/python-cache.ts";
import { version } from "./version.ts";

/**
 * `hf:` references, over the interface of a Hugging Face Hub: files, folders, repositories, quantizations, models in several
 * parts.
 * @throws ModelError `HF_OPTION_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export function hfFetcher(options: HfFetcherOptions = {}): HfFetcher {
  return new HfFetcher(options);
}

/**
 * Models of a Hub. A revision is pinned to a commit first, and everything is asked for by that commit. Each file is compared
 * with what the Hub declares of it.
 */
export class HfFetcher implements ModelFetcher<"hf"> {
  readonly name: string = "fetcher-hf";
  readonly version: string = version;
  readonly schemes: readonly "hf"[] = ["hf"];
  readonly network: boolean = true;
  readonly managed: boolean = true;
  readonly #settings: HfSettings;
  readonly #client: HttpClient;
  readonly #models = new WeakMap<FetchPlan, PlannedModel>();

  /** @throws ModelError `HF_OPTION_INVALID`, `TRANSFER_OPTION_INVALID` */
  constructor(options: HfFetcherOptions = {}) {
    this.#settings = parseHfOptions(options);
    this.#client = httpClient(options);
    const { signal } = new AbortController();
    parseTransferOptions({ client: this.#client, signal, ...this.#settings.transfer });
  }

  /** @throws ModelError of `HfErrorCode` and `TransferErrorCode` */
  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    context.signal.throwIfAborted();
    const model = await this.#planned(ref, context).catch(rateLimited(this.#settings.endpoint));
    this.#models.set(model.plan, model);
    return model.plan;
  }

  /** @throws ModelError of `HfErrorCode` and `TransferErrorCode`, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    // A plan that was not made here is made again, by the commit that it names.
    const model = this.#models.get(plan) ?? (await this.#planned(plan.ref, context));
    const { usePythonCache, env } = this.#settings;
    const pythonCache = usePythonCache ? new PythonCache(pythonCacheFolder(env), model.repository) : undefined;
    const hub = await Hub.open(this.#settings, this.#client, context);
    return fetchModel(model, { hub, ingest, context, pythonCache }).catch(rateLimited(hub.endpoint));
  }

  async #planned(ref: ModelRef, context: FetchContext): Promise<PlannedModel> {
    const hfRef = assertHfRef(ref);
    if (isOffline(this.#settings.env)) throw offline(`${hfRef.org}/${hfRef.repo}`);
    return planModel(hfRef, await Hub.open(this.#settings, this.#client, context));
  }
}

/** It was waited for as long as the Hub has asked, and as often as is allowed. */
function rateLimited(endpoint: string): (error: unknown) => never {
  return (error) => {
    if (!isModelError(error, "TRANSFER_RATE_LIMITED")) throw error;
    const seconds = error.facts["retryAfterSeconds"];
    const wait = typeof seconds === "number" ? `${seconds} s` : "a few minutes";
    throw hfError("HF_RATE_LIMITED", {
      message: `The Hub at ${endpoint} takes no more requests from here for now.`,
      hint: `Wait ${wait} and try again; the limit is higher with a token: log in (hf auth login) or set HF_TOKEN.`,
      facts: error.facts,
      cause: error,
    });
  };
}

function offline(repository: string): Error {
  return hfError("HF_OFFLINE", {
    message: `HF_HUB_OFFLINE is set, so that the Hub cannot be asked for ${repository}.`,
    hint: "Unset HF_HUB_OFFLINE to fetch it.",
    facts: { repository },
  });
}
