import { isModelError } from "@llama-orch/catalog-core";
import type { Refusal } from "@llama-orch/transfer";
import type { CredentialSource, S3Credentials } from "../aws/credentials.ts";
import { queryText, signedUrl } from "../aws/sign.ts";
import type { S3ErrorCode } from "../errors.ts";
import { unlessAborted } from "../unless-aborted.ts";
import type { Bucket } from "./bucket.ts";
import { s3Failure } from "./s3-failure.ts";

/** What is asked of a bucket. */
export interface S3Question {
  readonly method: "GET" | "HEAD";
  /** Absent: the bucket itself. */
  readonly key?: string | undefined;
  readonly query?: Readonly<Record<string, string>>;
  /** Those of S3 (`x-amz-…`) are signed, conditions and ranges are not. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of what is read whole. @default 1 MiB */
  readonly limitBytes?: number;
}

export interface ErrandOptions {
  readonly question: S3Question;
  readonly credentials: CredentialSource;
  readonly requesterPays: boolean;
}

/** With nothing new in between. */
const maxRecoveries = 5;

/**
 * One request on its way: signed as often as it takes, with credentials and for a region that may turn out to be the wrong
 * ones. Each knows what it was signed with: of several that are refused at the same moment, none takes the other's renewal
 * for its own failure.
 */
export class Errand {
  readonly #bucket: Bucket;
  readonly #options: ErrandOptions;
  #signedFor: string;
  #used: S3Credentials | undefined;
  #recoveries = 0;

  constructor(bucket: Bucket, options: ErrandOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#signedFor = bucket.region;
  }

  /** The URL to ask now, and the headers that belong to it. */
  async resolve(
    signal: AbortSignal,
  ): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }> {
    const { question, credentials, requesterPays } = this.#options;
    const { method, key, query = {}, headers: given = {} } = question;
    const url = this.#bucket.url(key);
    const region = this.#bucket.region;
    const used = await unlessAborted(credentials.get(), signal);
    this.#used = used;
    this.#signedFor = region;
    const headers = { ...(requesterPays && { "x-amz-request-payer": "requester" }), ...given };
    if (used === undefined) return { url: `${url.href}${queryText(query)}`, headers };
    const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-amz-")));
    return { url: await signedUrl({ method, url, query, headers: signed }, used, region), headers };
  }

  /**
   * Does it again where it failed for a region or credentials, and there are others now.
   * @param signal its reason may be just such a failure, of another file.
   */
  async run<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        signal.throwIfAborted();
        this.#recoveries += 1;
        if (this.#recoveries > maxRecoveries || !(await this.#recover(error, signal))) throw error;
      }
    }
  }

  /** Something new has come. */
  progressed(): void {
    this.#recoveries = 0;
  }

  /** For `explainStatus`. */
  async explain({ head, method, text }: Omit<Refusal, "url">): Promise<Error | undefined> {
    // A server in trouble is asked again; what it says meanwhile is nobody's concern.
    if (head.status >= 500 || head.status === 429) return undefined;
    const { question, credentials, requesterPays } = this.#options;
    const { parseError } = await import("./documents.ts");
    const document = method === "HEAD" ? undefined : parseError(await text());
    const nobody = credentials.isAnonymous ? "anonymous" : "nobody";
    const about = {
      bucket: this.#bucket.name,
      key: question.key,
      prefix: question.query?.["prefix"],
      versionId: question.query?.["versionId"],
      host: this.#bucket.url().host,
      region: this.#signedFor,
      identity: this.#used === undefined ? nobody : "signed",
      requesterPays,
    } as const;
    return s3Failure({ head, document, method }, about);
  }

  async #recover(error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!isModelError<S3ErrorCode>(error)) return false;
    if (error.code === "S3_REGION_WRONG") return this.#move(error.facts["region"]);
    const isRefused = error.code === "S3_CREDENTIALS_EXPIRED" || error.code === "S3_CREDENTIALS_INVALID";
    if (!isRefused || this.#used === undefined) return false;
    return (await unlessAborted(this.#options.credentials.renewed(this.#used), signal)) !== undefined;
  }

  #move(region: unknown): boolean {
    if (typeof region !== "string" || region === this.#signedFor) return false;
    this.#bucket.moveTo(region);
    return true;
  }
}
