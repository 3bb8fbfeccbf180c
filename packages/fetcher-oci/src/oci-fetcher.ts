import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  formatDigest,
  type Ingest,
  isModelError,
  type ModelFetcher,
  type ModelRef,
  parseDigest,
} from "@llama-orch/catalog-core";
import { type HttpClient, httpClient, parseTransferOptions } from "@llama-orch/transfer";
import { ociError } from "./errors.ts";
import { fetchModel } from "./fetch/fetch-model.ts";
import { type OciFetcherOptions, type OciSettings, parseOciOptions } from "./oci-fetcher-options.ts";
import { type PlannedModel, planModel } from "./plan/plan-model.ts";
import { normalizeOciLocator, type OciReference, readOciRef } from "./reference/oci-reference.ts";
import { Registries } from "./registry/registries.ts";
import type { Registry } from "./registry/registry.ts";
import { version } from "./version.ts";

/**
 * `oci:` references: models of container registries, in the layouts of ModelPack, Docker, Ollama, ORAS, KitOps, and of images
 * that hold one.
 * @throws ModelError `OCI_OPTION_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export function ociFetcher(options: OciFetcherOptions = {}): OciFetcher {
  return new OciFetcher(options);
}

/**
 * Models of registries. A tag is resolved to the digest of a manifest once, and everything is asked for by digest: what arrives
 * is what the manifest names, or an error.
 */
export class OciFetcher implements ModelFetcher<"oci"> {
  readonly name: string = "fetcher-oci";
  readonly version: string = version;
  readonly schemes: readonly "oci"[] = ["oci"];
  readonly network: boolean = true;
  readonly managed: boolean = true;
  readonly #settings: OciSettings;
  readonly #client: HttpClient;
  readonly #registries: Registries;
  readonly #models = new WeakMap<FetchPlan, PlannedModel>();

  /** @throws ModelError `OCI_OPTION_INVALID`, `TRANSFER_OPTION_INVALID` */
  constructor(options: OciFetcherOptions = {}) {
    this.#settings = parseOciOptions(options);
    this.#client = httpClient(options);
    this.#registries = new Registries(this.#settings);
    const { signal } = new AbortController();
    parseTransferOptions({ client: this.#client, signal, ...this.#settings.transfer });
  }

  /** @throws ModelError `OCI_REFERENCE_INVALID` */
  normalize(locator: string): string {
    return normalizeOciLocator(locator);
  }

  /** @throws ModelError of `OciErrorCode` and `TransferErrorCode` */
  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    context.signal.throwIfAborted();
    const model = await this.#planned(ref, readOciRef(ref), context);
    this.#models.set(model.plan, model);
    return model.plan;
  }

  /** @throws ModelError of `OciErrorCode` and `TransferErrorCode`, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    const model = this.#models.get(plan) ?? (await this.#planned(plan.ref, pinned(plan), context));
    const { reference } = model;
    return fetchModel(model, {
      places: this.#placesOf(reference, context),
      client: this.#client,
      settings: this.#settings,
      ingest,
      context,
    }).catch(rateLimited(reference.registry));
  }

  #planned(ref: ModelRef, reference: OciReference, context: FetchContext): Promise<PlannedModel> {
    const { platform } = this.#settings;
    const places = this.#placesOf(reference, context);
    return planModel(ref, reference, { places, platform, context }).catch(rateLimited(reference.registry));
  }

  #placesOf(reference: OciReference, context: FetchContext): readonly Registry[] {
    return this.#registries.placesOf(reference, { client: this.#client, context });
  }
}

/** A plan that was not made here is made again, by the manifest that it names. */
function pinned({ ref, revision }: FetchPlan): OciReference {
  const reference = readOciRef(ref);
  return revision === undefined
    ? reference
    : { ...reference, version: { digest: formatDigest(parseDigest(revision)) } };
}

/** It was waited for as long as the registry has asked, and as often as is allowed. */
function rateLimited(registry: string): (error: unknown) => never {
  return (error) => {
    if (!isModelError(error, "TRANSFER_RATE_LIMITED")) throw error;
    throw ociError("OCI_RATE_LIMITED", {
      message: `The registry ${registry} takes no more requests from here for now.`,
      hint: `Wait a while and try again; those who are logged in are allowed more: docker login ${registry}.`,
      facts: error.facts,
      cause: error,
    });
  };
}
