import type { ResponseHead, TransferOptions } from "@llama-orch/transfer";
import { findCredentials } from "../credentials/find-credentials.ts";
import type { FoundCredentials } from "../credentials/found-credentials.ts";
import type { OciSettings } from "../oci-fetcher-options.ts";
import { invalidAnswer } from "./answer-invalid.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import { askToken, basic, isTokenRefused, type Token, type TokenQuestion } from "./tokens.ts";

export type Headers = Readonly<Record<string, string>>;

/** How requests are authorized at present. */
type Grant =
  /** As nobody, until that is refused. */
  | { readonly type: "none" }
  /** By what stays the same with every request. */
  | { readonly type: "fixed"; readonly headers: Headers; readonly as: FoundCredentials }
  | {
      readonly type: "token";
      readonly question: TokenQuestion;
      readonly as: FoundCredentials | undefined;
      readonly token: Token;
    };

/** One repository of one registry. */
export interface Place {
  readonly registry: string;
  readonly repository: string;
  /** `https://registry.example` */
  readonly origin: string;
}

/**
 * Who asks one repository: as nobody first, then with a token for nobody in particular, then with the user's credentials; each
 * only when what came before is refused. Tokens are asked for anew before they end, and when one is refused.
 */
export class Session {
  readonly place: Place;
  readonly #settings: OciSettings;
  #grant: Grant = { type: "none" };

  constructor(place: Place, settings: OciSettings) {
    this.place = place;
    this.#settings = settings;
  }

  /** Where the credentials come from that are used now; nothing while there are none. */
  get credentialsFrom(): string | undefined {
    return this.#grant.type === "none" ? undefined : this.#grant.as?.from;
  }

  /** For the next request to the registry. */
  async headers(options: TransferOptions): Promise<Headers> {
    const grant = this.#grant;
    if (grant.type === "none") return {};
    if (grant.type === "fixed") return grant.headers;
    if (grant.token.untilMs > Date.now()) return bearer(grant.token);
    return bearer((await this.#renew(grant, options)).token);
  }

  /**
   * A request was refused: 401, or what is answered to those who are not known.
   * @param used what it was sent with.
   * @returns whether there is something else to try; `headers` gives it
   */
  async refused(refusal: ResponseHead, used: Headers, options: TransferOptions): Promise<boolean> {
    const grant = this.#grant;
    switch (grant.type) {
      case "none":
        return this.#begin(refusal, options);
      case "fixed":
        // Another request may have found credentials meanwhile.
        return grant.headers["authorization"] !== used["authorization"];
      case "token":
        if (bearer(grant.token)["authorization"] !== used["authorization"]) return true;
        if (grant.as !== undefined) return false;
        return this.#signIn(asked(refusal, this.place) ?? grant.question, options);
    }
  }

  /** A request in a transfer was refused, where those before were not: its token has ended before its time. */
  async expired(refusal: ResponseHead, used: Headers, options: TransferOptions): Promise<void> {
    const grant = this.#grant;
    if (grant.type === "none") await this.#begin(refusal, options);
    else if (grant.type === "token" && bearer(grant.token)["authorization"] === used["authorization"])
      await this.#renew(grant, options);
  }

  async #renew(grant: Grant & { type: "token" }, options: TransferOptions): Promise<Grant & { type: "token" }> {
    const token = await askToken(grant.question, grant.as?.secret, options);
    const renewed = { ...grant, token };
    this.#grant = renewed;
    return renewed;
  }

  async #begin(refusal: ResponseHead, options: TransferOptions): Promise<boolean> {
    const question = asked(refusal, this.place);
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
      // For the message: these are the credentials that were refused.
      this.#grant = { type: "fixed", headers: {}, as };
      return false;
    }
  }

  async #signInBasic(refusal: ResponseHead, options: TransferOptions): Promise<boolean> {
    const isOffered = challengesOf(refusal).some(({ scheme }) => scheme === "basic");
    const as = isOffered ? await this.#credentials(options) : undefined;
    if (as === undefined || as.secret.type === "identity-token") return false;
    return this.#fix(as.secret.type === "password" ? basic(as.secret) : `Bearer ${as.secret.token}`, as);
  }

  #fix(authorization: string, as: FoundCredentials): true {
    this.#grant = { type: "fixed", headers: { authorization }, as };
    return true;
  }

  /** Begins as nobody again: the user may log in, or out, until the next call. */
  reset(): void {
    this.#grant = { type: "none" };
  }

  async #credentials({ signal }: TransferOptions): Promise<FoundCredentials | undefined> {
    const { registry, repository } = this.place;
    return findCredentials(this.#settings, { registry, repository, signal });
  }
}

function bearer({ value }: Token): Headers {
  return { authorization: `Bearer ${value}` };
}

function challengesOf({ headers }: ResponseHead): readonly Challenge[] {
  return parseChallenges(headers.get("www-authenticate") ?? "");
}

/**
 * The token that a registry wants to see.
 * @throws ModelError `OCI_ANSWER_INVALID`
 */
function asked(refusal: ResponseHead, { origin, repository }: Place): TokenQuestion | undefined {
  const params = challengesOf(refusal).find(({ scheme }) => scheme === "bearer")?.params;
  if (params === undefined) return undefined;
  const realm = URL.parse(params.get("realm") ?? "");
  const isEncrypted = realm?.protocol === "https:" || (realm?.protocol === "http:" && origin.startsWith("http:"));
  // Credentials that the registry is asked with over TLS are not sent in the clear to where it points.
  if (realm === null || !isEncrypted) throw invalidAnswer(origin, "it names no token server that could be asked");
  return { realm, service: params.get("service"), scope: params.get("scope") || `repository:${repository}:pull` };
}
