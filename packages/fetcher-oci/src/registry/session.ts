import type { ResponseHead, TransferOptions } from "@llama-orch/transfer";
import { findCredentials } from "../credentials/find-credentials.ts";
import type { FoundCredentials } from "../credentials/found-credentials.ts";
import type { OciSettings } from "../oci-fetcher-options.ts";
import { type Grant, hasEnded, type Headers, headersOf, type TokenGrant } from "./grant.ts";
import { challengesOf, type Place, type TokenQuestion, tokenQuestion } from "./token-question.ts";
import { askToken, basic, isTokenRefused } from "./tokens.ts";
import { Turns } from "./turns.ts";

/** A request that was refused to whoever it came from. */
export interface Refused {
  readonly head: ResponseHead;
  /** What it was sent with. */
  readonly used: Headers;
  /** Whether it was the first of its kind: a token that it was sent with may have been good, and have ended since. */
  readonly isFirst: boolean;
}

/**
 * Who asks one repository: as nobody first, then with a token for nobody in particular, then with the user's credentials; each
 * only when what came before is refused. Tokens are asked for anew before they end, and when one is refused; by one request
 * for all that wait for it.
 */
export class Session {
  readonly place: Place;
  readonly #settings: OciSettings;
  readonly #turns = new Turns();
  #grant: Grant = { type: "none" };

  constructor(place: Place, settings: OciSettings) {
    this.place = place;
    this.#settings = settings;
  }

  /** Where the credentials come from that are used now; nothing while there are none. */
  get credentialsFrom(): string | undefined {
    return this.#grant.type === "none" ? undefined : this.#grant.as?.from;
  }

  /** Whether they were accepted, so that what is refused is not who asks, but what is asked for. */
  get isKnown(): boolean {
    const grant = this.#grant;
    return grant.type === "token" ? grant.as !== undefined : grant.type === "refused" && grant.isKnown;
  }

  /** For the next request to the registry. */
  async headers(options: TransferOptions): Promise<Headers> {
    if (!hasEnded(this.#grant)) return headersOf(this.#grant);
    return this.#turns.take(options.signal, async () => {
      if (hasEnded(this.#grant)) await this.#renew(this.#grant, options);
      return headersOf(this.#grant);
    });
  }

  /**
   * A request was refused: 401, or what is answered to those who are not known.
   * @returns whether there is something else to try; `headers` gives it
   */
  async refused(refused: Refused, options: TransferOptions): Promise<boolean> {
    return this.#turns.take(options.signal, () => this.#next(refused, options));
  }

  /** Begins as nobody again: the user may log in, or out, until the next call. */
  reset(): void {
    this.#grant = { type: "none" };
  }

  async #next({ head, used, isFirst }: Refused, options: TransferOptions): Promise<boolean> {
    const grant = this.#grant;
    // Another request may have found something better meanwhile.
    if (headersOf(grant)["authorization"] !== used["authorization"]) return true;
    switch (grant.type) {
      case "none":
        return this.#begin(head, options);
      case "fixed":
      case "refused":
        return false;
      case "token":
        if (isFirst) return this.#renew(grant, options);
        return grant.as === undefined && this.#signIn(tokenQuestion(head, this.place) ?? grant.question, options);
    }
  }

  /** Whoever is refused a token now begins as nobody again. */
  async #renew(grant: TokenGrant, options: TransferOptions): Promise<true> {
    try {
      this.#grant = { ...grant, token: await askToken(grant.question, grant.as?.secret, options) };
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      this.reset();
    }
    return true;
  }

  async #begin(refusal: ResponseHead, options: TransferOptions): Promise<boolean> {
    const question = tokenQuestion(refusal, this.place);
    if (question === undefined) return this.#signInBasic(refusal, options);
    try {
      const token = await askToken(question, undefined, options);
      this.#grant = { type: "token", question, as: undefined, token };
      return true;
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      return this.#signIn(question, options);
    }
  }

  async #signIn(question: TokenQuestion, options: TransferOptions): Promise<boolean> {
    const as = await this.#credentials(options);
    if (as === undefined) return false;
    if (as.secret.type === "registry-token") return this.#fix(`Bearer ${as.secret.token}`, as);
    try {
      this.#grant = { type: "token", question, as, token: await askToken(question, as.secret, options) };
      return true;
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      this.#grant = { type: "refused", as, isKnown: error.status === 403 };
      return false;
    }
  }

  async #signInBasic(refusal: ResponseHead, options: TransferOptions): Promise<boolean> {
    const isOffered = challengesOf(refusal).some(({ scheme }) => scheme === "basic");
    const as = isOffered ? await this.#credentials(options) : undefined;
    if (as === undefined) return false;
    if (as.secret.type !== "identity-token")
      return this.#fix(as.secret.type === "password" ? basic(as.secret) : `Bearer ${as.secret.token}`, as);
    // It is for a token server, and there is none.
    this.#grant = { type: "refused", as, isKnown: false };
    return false;
  }

  #fix(authorization: string, as: FoundCredentials): true {
    this.#grant = { type: "fixed", authorization, as };
    return true;
  }

  async #credentials({ signal }: TransferOptions): Promise<FoundCredentials | undefined> {
    const { registry, repository } = this.place;
    return findCredentials(this.#settings, { registry, repository, signal });
  }
}
