import { type DigestText, type FetchContext, isModelError } from "@llama-orch/catalog-core";
import {
  askServer,
  type HttpClient,
  type Refusal,
  type Reply,
  type ResponseHead,
  type TransferOptions,
  type TransferSource,
} from "@llama-orch/transfer";
import type { OciSettings } from "../oci-fetcher-options.ts";
import { registryFailure, type Subject } from "./registry-failure.ts";
import type { Headers, Session } from "./session.ts";

export interface Asked {
  readonly client: HttpClient;
  readonly settings: OciSettings;
  readonly context: Pick<FetchContext, "signal" | "logger">;
}

/** More than any client of registries accepts. */
const maxManifestBytes = 4 * 1024 * 1024;

/** Steps from nobody to the user's credentials; a token that ends on the way counts as one. */
const maxSteps = 4;

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
    const about: Subject = { type: "manifest", reference };
    for (let step = 1; ; step += 1) {
      const headers = await this.#session.headers(this.#options());
      try {
        return await this.#askAs(headers, { url, accept: mediaTypes.join(", "), about, mayBeLast: step === maxSteps });
      } catch (error) {
        if (!(error instanceof NotAllowed) || isModelError(error)) throw error;
        if (await this.#session.refused(error.head, headers, this.#options())) continue;
        // Nobody else is left to ask as: the same answer is the error now.
        step = maxSteps - 1;
      }
    }
  }

  /** Where a layer is to be had, for a transfer: with a token of today each time that one is refused. */
  blobSource(digest: DigestText): TransferSource {
    const url = this.#url("blobs", digest);
    let used: Headers = {};
    return {
      url: async ({ signal, refusal }) => {
        const options = { ...this.#options(), signal };
        if (refusal?.status === 401) await this.#session.expired(refusal, used, options);
        used = await this.#session.headers(options);
        return { url, headers: used };
      },
    };
  }

  /** What a refusal of this registry means; nothing for one of another place, to which it has redirected. */
  async explain(refusal: Refusal, about: Subject): Promise<Error | undefined> {
    const { place, credentialsFrom } = this.#session;
    if (refusal.url.origin !== place.origin) return undefined;
    const failure = await registryFailure(refusal, { ...place, about, credentialsFrom });
    if (failure !== undefined && failure.category === "not-allowed") this.#session.reset();
    return failure;
  }

  async #askAs(
    headers: Headers,
    { url, accept, about, mayBeLast }: { url: string; accept: string; about: Subject; mayBeLast: boolean },
  ): Promise<Reply> {
    const question = { url, headers: { accept, ...headers }, limitBytes: maxManifestBytes };
    return askServer(question, {
      ...this.#options(),
      explainStatus: (refusal) =>
        isForOthers(refusal.head, this.#session) && !mayBeLast
          ? new NotAllowed(refusal.head)
          : this.explain(refusal, about),
    });
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

/** Whether somebody with other rights may be answered. Nobody in particular has a smaller share of requests, too. */
function isForOthers({ status }: ResponseHead, { credentialsFrom }: Session): boolean {
  return status === 401 || (credentialsFrom === undefined && (status === 403 || status === 429));
}
