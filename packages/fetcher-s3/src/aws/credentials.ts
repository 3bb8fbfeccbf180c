import { isModelError, registerSecret } from "@llama-orch/catalog-core";
import { s3Error } from "../errors.ts";
import type { S3Settings } from "../s3-fetcher-options.ts";

/** A key of AWS, or of whoever speaks its language. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of a temporary key. */
  readonly sessionToken?: string;
  /** From then on the key is refused. */
  readonly expiration?: Date;
}

/** Gives credentials, or nothing where there are none. @param anew those that were given last are refused. */
type Provider = (anew: boolean) => Promise<S3Credentials | undefined>;

/** Before they expire, in ms: a request and its answer take a while. */
const marginMs = 300_000;

/** Whose requests a fetcher's are; for all of its calls. */
export class CredentialSource {
  readonly #settings: S3Settings;
  #provider: Promise<Provider> | undefined;

  constructor(settings: S3Settings) {
    this.#settings = settings;
  }

  /** Whether nobody was meant to be asked for, as against nobody found. */
  get isAnonymous(): boolean {
    return this.#settings.credentials === "anonymous";
  }

  /**
   * @throws ModelError `S3_CREDENTIALS_FAILED`
   */
  async get(): Promise<S3Credentials | undefined> {
    return this.#ask(false);
  }

  /** Others than those, which were refused; nothing when there are none. */
  async renewed(refused: S3Credentials): Promise<S3Credentials | undefined> {
    // Another request may have been refused first.
    const now = await this.#ask(false);
    if (now === undefined || isOther(now, refused)) return now;
    const next = await this.#ask(true);
    return next !== undefined && isOther(next, refused) ? next : undefined;
  }

  async #ask(anew: boolean): Promise<S3Credentials | undefined> {
    try {
      const found = await (await (this.#provider ??= providerOf(this.#settings)))(anew);
      if (found !== undefined) hide(found);
      return found;
    } catch (error) {
      throw isModelError(error) ? error : failed(this.#settings.profile, error);
    }
  }
}

async function providerOf({ credentials, profile }: S3Settings): Promise<Provider> {
  if (credentials === "anonymous") return async () => undefined;
  if (typeof credentials === "function") return remembered(credentials);
  if (credentials !== undefined) return async () => credentials;
  const { chainOf } = await import("./credential-chain.ts");
  return chainOf(profile);
}

/** Asks a function of the caller's only when it has to. */
function remembered(ask: () => Promise<S3Credentials>): Provider {
  let asked: Promise<S3Credentials> | undefined;
  return async (anew) => {
    const before = asked;
    const held = await before?.catch(() => undefined);
    const isGood = held !== undefined && (held.expiration?.getTime() ?? Infinity) - Date.now() > marginMs;
    // Of several that find it so, one asks.
    if ((anew || !isGood) && asked === before) asked = ask().then(assertCredentials);
    return asked;
  };
}

/** What a function of the caller's gives is believed no more than what a server says. */
function assertCredentials(given: unknown): S3Credentials {
  const facts: Readonly<Record<string, unknown>> = typeof given === "object" ? { ...given } : {};
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = facts;
  if (isText(accessKeyId) && isText(secretAccessKey)) {
    return {
      accessKeyId,
      secretAccessKey,
      ...(isText(sessionToken) && { sessionToken }),
      ...(expiration instanceof Date && { expiration }),
    };
  }
  throw new TypeError("the function credentials of the options gave no accessKeyId and secretAccessKey");
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isOther(one: S3Credentials, other: S3Credentials): boolean {
  return (
    one.accessKeyId !== other.accessKeyId ||
    one.secretAccessKey !== other.secretAccessKey ||
    one.sessionToken !== other.sessionToken
  );
}

/** Of this process, so that they are registered once. */
const hidden = new Set<string>();

function hide({ secretAccessKey, sessionToken = "" }: S3Credentials): void {
  for (const secret of [secretAccessKey, sessionToken]) {
    if (hidden.has(secret)) continue;
    hidden.add(secret);
    registerSecret(secret);
  }
}

function failed(profile: string | undefined, cause: unknown): Error {
  return s3Error("S3_CREDENTIALS_FAILED", {
    message: `No credentials can be had${profile === undefined ? "" : ` of the profile ${profile}`}: what should give them fails.`,
    hint: "See the cause. If the profile is one of IAM Identity Center (SSO), log in: aws sso login. aws sts get-caller-identity shows whether AWS's own tool can use it.",
    facts: { ...(profile !== undefined && { profile }) },
    cause,
  });
}
