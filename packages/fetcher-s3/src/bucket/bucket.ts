import type { FetchContext } from "@llama-orch/catalog-core";
import { askServer, type HttpClient, type Reply, type TransferOptions } from "@llama-orch/transfer";
import type { CredentialSource } from "../aws/credentials.ts";
import { loadSurroundings, type Surroundings } from "../aws/surroundings.ts";
import { s3Error } from "../errors.ts";
import type { S3Settings } from "../s3-fetcher-options.ts";
import { objectUrl } from "./bucket-address.ts";
import { Errand, type S3Question } from "./errand.ts";

/** What a fetcher keeps for all of its calls. */
export interface S3Service {
  readonly settings: S3Settings;
  readonly client: HttpClient;
  readonly credentials: CredentialSource;
  /** Of buckets that turned out to be in another region than was thought. */
  readonly regions: Map<string, string>;
}

/** One bucket, for one call. */
export class Bucket {
  readonly name: string;
  readonly context: FetchContext;
  readonly #service: S3Service;
  readonly #surroundings: Surroundings;

  private constructor(name: string, service: S3Service, surroundings: Surroundings, context: FetchContext) {
    this.name = name;
    this.context = context;
    this.#service = service;
    this.#surroundings = surroundings;
  }

  /** Looks for the configuration anew each time: people change it while a program runs. */
  static async open(name: string, service: S3Service, context: FetchContext): Promise<Bucket> {
    return new Bucket(name, service, await loadSurroundings(service.settings), context);
  }

  get region(): string {
    return this.#service.regions.get(this.#place) ?? this.#surroundings.region;
  }

  /** For this call, and the later ones of the same fetcher. */
  moveTo(region: string): void {
    this.context.logger.info("the bucket is in another region", { bucket: this.name, region });
    this.#service.regions.set(this.#place, region);
  }

  /** Of an object, without its signature; of the bucket where no key is given. */
  url(key?: string): URL {
    return objectUrl({ ...this.#surroundings, region: this.region, bucket: this.name }, key);
  }

  /** A request that may have to be signed several times. */
  errand(question: S3Question): Errand {
    const { credentials, settings } = this.#service;
    return new Errand(this, { question, credentials, requesterPays: settings.requesterPays });
  }

  /** What a transfer, or a question, needs to know. */
  transferOptions(errand: Errand, signal: AbortSignal = this.context.signal): TransferOptions {
    const { settings, client } = this.#service;
    return {
      ...settings.transfer,
      client,
      signal,
      logger: this.context.logger,
      // An object may be a page; what answers in its place has neither its ETag nor its size.
      mayBeHtml: true,
      explainStatus: (refusal) => errand.explain(refusal),
    };
  }

  /** An answer that is a success, read whole. */
  async ask(question: S3Question, signal: AbortSignal = this.context.signal): Promise<Reply> {
    const errand = this.errand(question);
    const { method, limitBytes = 1024 * 1024 } = question;
    return errand.run(signal, async () => {
      const { url, headers } = await errand.resolve(signal);
      // A redirect of S3 says which region it is; whoever is redirected to has no business with the signature.
      const reply = await askServer(
        { url, method, headers: { ...headers, ...question.headers }, redirects: "same-origin", limitBytes },
        this.transferOptions(errand, signal),
      );
      if (reply.head.status < 300) return reply;
      throw (
        (await errand.explain({ ...reply, method, text: async () => reply.text })) ??
        invalidAnswer(this.url(question.key).href, `its status is ${reply.head.status}`)
      );
    });
  }

  get #place(): string {
    return `${this.#surroundings.endpoint?.origin ?? ""} ${this.name}`;
  }
}

/** What answers does not say what it should. */
export function invalidAnswer(url: string, problem: string, cause?: unknown): Error {
  return s3Error("S3_ANSWER_INVALID", {
    message: `${url} gives an answer that cannot be used: ${problem}.`,
    hint: "Check the endpoint: what answers there has to have the interface of S3; a proxy on the way may answer in its place.",
    facts: { url, problem },
    cause,
  });
}
