import type {
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelFetcher,
  ModelRef,
} from "@llama-orch/catalog-core";
import { httpClient, parseTransferOptions } from "@llama-orch/transfer";
import { CredentialSource } from "./aws/credentials.ts";
import { Bucket, type S3Service } from "./bucket/bucket.ts";
import { Attempts } from "./fetch/attempts.ts";
import { fetchModel } from "./fetch/fetch-model.ts";
import { planModel } from "./plan/plan-model.ts";
import type { PlannedModel } from "./plan/planned-model.ts";
import { parseS3Locator, printS3Locator } from "./reference/s3-location.ts";
import { locationOf } from "./reference/s3-ref.ts";
import { parseS3Options, type S3FetcherOptions } from "./s3-fetcher-options.ts";
import { version } from "./version.ts";

/**
 * `s3:` references: objects, versions and prefixes of S3 and of what speaks its language.
 * @throws ModelError `S3_OPTION_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export function s3Fetcher(options: S3FetcherOptions = {}): S3Fetcher {
  return new S3Fetcher(options);
}

/**
 * Objects of S3, asked for with AWS's own credentials and signatures. Each file is of one version, and is compared with the
 * checksum of the whole that S3 keeps of it.
 */
export class S3Fetcher implements ModelFetcher<"s3"> {
  readonly name: string = "fetcher-s3";
  readonly version: string = version;
  readonly schemes: readonly "s3"[] = ["s3"];
  readonly network: boolean = true;
  readonly managed: boolean = true;
  readonly #service: S3Service;
  readonly #models = new WeakMap<FetchPlan, PlannedModel>();

  /** @throws ModelError `S3_OPTION_INVALID`, `TRANSFER_OPTION_INVALID` */
  constructor(options: S3FetcherOptions = {}) {
    const settings = parseS3Options(options);
    const client = httpClient(options);
    this.#service = { settings, client, credentials: new CredentialSource(settings), regions: new Map() };
    const { signal } = new AbortController();
    parseTransferOptions({ client, signal, ...settings.transfer });
  }

  /** @throws ModelError `S3_REFERENCE_INVALID` */
  normalize(locator: string): string {
    return printS3Locator(parseS3Locator(locator));
  }

  /**
   * Asks for sizes, versions and checksums.
   * @throws ModelError of `S3ErrorCode` and `TransferErrorCode`
   */
  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    context.signal.throwIfAborted();
    const location = locationOf(ref);
    return (await this.#planned(ref, await Bucket.open(location.bucket, this.#service, context))).plan;
  }

  /**
   * What was replaced since it was planned is fetched as it is now; the result's own plan says so.
   * @throws ModelError of `S3ErrorCode` and `TransferErrorCode`, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing
   */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    const bucket = await Bucket.open(locationOf(plan.ref).bucket, this.#service, context);
    const planAgain = async (): Promise<PlannedModel> => this.#planned(plan.ref, bucket);
    // A plan that was not made here is made again.
    const model = this.#models.get(plan) ?? (await planAgain());
    return fetchModel(model, { bucket, ingest, context, attempts: new Attempts() }, planAgain);
  }

  async #planned(ref: ModelRef, bucket: Bucket): Promise<PlannedModel> {
    const model = await planModel(ref, locationOf(ref), bucket);
    this.#models.set(model.plan, model);
    return model;
  }
}
