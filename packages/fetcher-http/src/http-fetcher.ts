import {
  type DigestAlgorithm,
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  type ModelFetcher,
  type ModelRef,
  parseDigest,
} from "@llama-orch/catalog-core";
import {
  type HttpClient,
  httpClient,
  parseTransferOptions,
  probeFile,
  transferFile,
  type TransferOptions,
  transferOptionsOf,
} from "@llama-orch/transfer";
import type { HttpFetcherOptions } from "./http-fetcher-options.ts";
import { fetchedPlan, planOf, sourceOf, urlRef } from "./plan-file.ts";
import { version } from "./version.ts";

/**
 * `http:` and `https:` references: one file each, over one connection or several where that pays, resumed, retried, hashed
 * while it arrives.
 * @throws ModelError `TRANSFER_OPTION_INVALID`
 */
export function httpFetcher(options: HttpFetcherOptions = {}): HttpFetcher {
  return new HttpFetcher(options);
}

/**
 * Files of web servers. What they declare of a file is the length, and a digest where they know the field for it
 * (`Repr-Digest`, over https: alone); without one from the caller or the server, the model is `unverified`.
 */
export class HttpFetcher implements ModelFetcher<"http" | "https"> {
  readonly name: string = "fetcher-http";
  readonly version: string = version;
  readonly schemes: readonly ("http" | "https")[] = ["http", "https"];
  readonly network: boolean = true;
  readonly managed: boolean = true;
  readonly #options: HttpFetcherOptions;
  readonly #client: HttpClient;

  /** @throws ModelError `TRANSFER_OPTION_INVALID` */
  constructor(options: HttpFetcherOptions = {}) {
    this.#options = options;
    this.#client = httpClient(options);
    const { signal } = new AbortController();
    parseTransferOptions({ client: this.#client, signal, ...transferOptionsOf(options) });
  }

  /**
   * Asks the server for the file's name, length and version.
   * @throws ModelError of `TransferErrorCode`, `HTTP_SCHEME_UNSUPPORTED`
   */
  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    context.signal.throwIfAborted();
    const url = urlRef(ref);
    return planOf(url, await probeFile(sourceOf(url), this.#transferOptions(url.url, context)));
  }

  /**
   * A source that was replaced after it was planned is fetched as it is now; the result's own plan says so.
   * @throws ModelError of `TransferErrorCode`, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing
   */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    const url = urlRef(plan.ref);
    const [file] = plan.files;
    if (file === undefined) throw new TypeError("a plan of fetcher-http names one file");
    if (ingest.present.has(file.path)) return { files: [], movedBytes: 0, reusedBytes: file.sizeBytes ?? 0 };
    const { path } = file;
    const deciding = context.expectedDigest ?? (file.digest === undefined ? undefined : parseDigest(file.digest));
    const result = await transferFile(sourceOf(url), await ingest.target(path), {
      ...this.#transferOptions(url.url, context),
      onProgress: (progress) => context.onProgress({ path, ...progress }),
      algorithms: algorithmsFor(context),
      ...(deciding !== undefined && { decidingDigest: deciding }),
    });
    const { sizeBytes, digests, movedBytes, resumedFrom } = result;
    return {
      files: [{ path, sizeBytes, digests }],
      plan: fetchedPlan(plan, result),
      validators: result.validators,
      movedBytes,
      reusedBytes: resumedFrom,
    };
  }

  #transferOptions(url: string, { signal, logger }: FetchContext): TransferOptions {
    return {
      client: this.#client,
      signal,
      logger,
      mayBeHtml: /\.x?html?([?#]|$)/i.test(url),
      ...transferOptionsOf(this.#options),
    };
  }
}

function algorithmsFor({ expectedDigest }: FetchContext): readonly DigestAlgorithm[] {
  return [...new Set(["sha256", expectedDigest?.algorithm ?? "sha256"] as const)];
}
