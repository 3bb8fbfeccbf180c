import type { DigestText, FetchContext } from "@llama-orch/catalog-core";
import {
  askServer,
  type HttpClient,
  type Question,
  type Refusal,
  type Reply,
  type ResponseHead,
  type TransferOptions,
  type TransferSource,
} from "@llama-orch/transfer";
import type { OciSettings } from "../oci-fetcher-options.ts";
import { registryFailure, type Subject } from "./registry-failure.ts";
import type { Headers } from "./grant.ts";
import type { Session } from "./session.ts";

export interface Asked {
  readonly client: HttpClient;
  readonly settings: OciSettings;
  readonly context: Pick<FetchContext, "signal" | "logger">;
}

/** More than any client of registries accepts. */
const maxManifestBytes = 4 * 1024 * 1024;

/** Steps from nobody to the user's credentials; a token that ends on the way counts as one. */
const maxSteps = 4;

/** Asked of the registry, and of it alone: what it redirects to need not know who asks. */
interface Asking {
  readonly url: string;
  readonly about: Subject;
  readonly method?: "GET" | "HEAD";
  readonly accept?: string;
}

/** A request was refused to whoever it came from; somebody else may ask again. */
class NotAllowed extends Error {
  readonly head: ResponseHead;

  constructor(head: ResponseHead) {
    super(`refused with ${head.status}`);
    this.head = head;
  }
}

/** One repository of one registry, asked in one call. */
export class Registry {
  readonly #session: Session;
  readonly #how: Asked;

  constructor(session: Session, how: Asked) {
    this.#session = session;
    this.#how = how;
  }

  get host(): string {
    return this.#session.place.registry;
  }

  /**
   * A document of the registry, by tag or digest.
   * @throws ModelError of `OciErrorCode` and `TransferErrorCode`
   */
  async manifest(reference: string, mediaTypes: readonly string[]): Promise<Reply> {
    const url = this.#url("manifests", reference);
    return this.#ask({ url, about: { type: "manifest", reference }, accept: mediaTypes.join(", ") }, this.#options());
  }

  /**
   * Where a layer is to be had, for a transfer. Where a transfer is refused, the registry itself is asked who may have it: it
   * may have been another place that has refused, to which it had redirected, and that does not say whom to send logins to.
   */
  blobSource(digest: DigestText): TransferSource {
    const url = this.#url("blobs", digest);
    return {
      url: async ({ signal, refusal }) => {
        const options = { ...this.#options(), signal };
        if (refusal?.status === 401 || refusal?.status === 403)
          await this.#ask({ url, about: { type: "blob", digest }, method: "HEAD" }, options);
        return { url, headers: await this.#session.headers(options) };
      },
    };
  }

  /** What a refusal of this registry means; nothing for one of another place, to which it has redirected. */
  async explain(refusal: Refusal, about: Subject): Promise<Error | undefined> {
    const { place, credentialsFrom, isKnown } = this.#session;
    if (refusal.url.origin !== place.origin) return undefined;
    const failure = await registryFailure(refusal, { ...place, about, credentialsFrom, isKnown });
    if (failure !== undefined && failure.category === "not-allowed") this.#session.reset();
    return failure;
  }

  /** As whoever is answered. */
  async #ask(asking: Asking, options: TransferOptions): Promise<Reply> {
    for (let step = 1; ; step += 1) {
      const used = await this.#session.headers(options);
      try {
        return await this.#askAs(used, { ...asking, options, isLast: step === maxSteps });
      } catch (error) {
        if (!(error instanceof NotAllowed)) throw error;
        if (await this.#session.refused({ head: error.head, used, isFirst: step === 1 }, options)) continue;
        // Nobody else is left to ask as: the same answer is the error now.
        step = maxSteps - 1;
      }
    }
  }

  async #askAs(
    headers: Headers,
    { url, about, method = "GET", accept, options, isLast }: Asking & { options: TransferOptions; isLast: boolean },
  ): Promise<Reply> {
    const question: Question = {
      url,
      method,
      headers: { ...(accept !== undefined && { accept }), ...headers },
      limitBytes: maxManifestBytes,
      redirects: method === "HEAD" ? "same-origin" : "all",
    };
    return askServer(question, {
      ...options,
      explainStatus: (refusal) =>
        !isLast && this.#isForOthers(refusal) ? new NotAllowed(refusal.head) : this.explain(refusal, about),
    });
  }

  /** Whether somebody with other rights may be answered. Nobody in particular has a smaller share of requests, too. */
  #isForOthers({ head: { status }, url }: Refusal): boolean {
    const { place, credentialsFrom } = this.#session;
    if (url.origin !== place.origin) return false;
    return status === 401 || (credentialsFrom === undefined && (status === 403 || status === 429));
  }

  #url(kind: "manifests" | "blobs", reference: string): string {
    const { origin, repository } = this.#session.place;
    return `${origin}/v2/${repository}/${kind}/${reference}`;
  }

  #options(): TransferOptions {
    const { client, settings, context } = this.#how;
    const { signal, logger } = context;
    return { ...settings.transfer, client, signal, logger };
  }
}
