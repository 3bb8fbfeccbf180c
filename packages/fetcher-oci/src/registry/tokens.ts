import { askServer, type Question, type TransferOptions } from "@llama-orch/transfer";
import type { Secret } from "../credentials/found-credentials.ts";
import { invalidAnswer } from "./answer-invalid.ts";
import type { TokenQuestion } from "./token-question.ts";

export interface Token {
  readonly value: string;
  /** When it is not to be used any more, by this machine's clock, in ms. */
  readonly untilMs: number;
}

/** The token server does not give one to whoever asks. */
export class TokenRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the token server answers ${status}`);
    this.status = status;
  }
}

const limitBytes = 1024 * 1024;
/** What the distribution specification takes as the life of a token that does not tell. */
const usualLifeMs = 60_000;
/** So long before its end a token is asked for anew, at most: requests take their time. */
const marginMs = 10_000;

/**
 * A token for a scope: for a user name and password, for an identity token (OAuth 2), or for nobody in particular.
 * @throws {@link TokenRefused}; ModelError `OCI_ANSWER_INVALID` and those of transfer
 */
export async function askToken(
  question: TokenQuestion,
  secret: Secret | undefined,
  options: TransferOptions,
): Promise<Token> {
  const request = requestFor(question, secret);
  const refusal = { explainStatus: ({ head }: { head: { status: number } }) => refusedBy(head.status) };
  const { head, text: body } = await askServer(request, { ...options, ...refusal });
  // A redirect would take the credentials elsewhere: it is not followed.
  if (head.status >= 300) throw invalidAnswer(question.realm.href, "its token server redirects elsewhere");
  // Transfer hides it wherever it would appear, for as long as it is in use.
  return parseToken(question.realm, body);
}

/** 404 and 405 are answered to POST by those that know passwords alone. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 405]);

function refusedBy(status: number): Error | undefined {
  return refusals.has(status) ? new TokenRefused(status) : undefined;
}

function requestFor({ realm, service, scope }: TokenQuestion, secret: Secret | undefined): Question {
  const fields = { ...(service !== undefined && { service }), scope };
  if (secret?.type === "identity-token") {
    const form = {
      grant_type: "refresh_token",
      client_id: "model-provisioner",
      ...fields,
      refresh_token: secret.token,
    };
    return {
      url: realm.href,
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(form).toString(),
      limitBytes,
      redirects: "same-origin",
    };
  }
  const url = new URL(realm);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const headers = secret?.type === "password" ? { authorization: basic(secret) } : {};
  return { url: url.href, headers, limitBytes, redirects: "same-origin" };
}

export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

async function parseToken(realm: URL, body: string): Promise<Token> {
  const { tokenDocument } = await import("./answer-documents.ts");
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // The cause would quote the token.
  }
  const parsed = tokenDocument.safeParse(value);
  const token = parsed.data?.token ?? parsed.data?.access_token;
  if (token === undefined || /[^\u0021-\u007E]/.test(token))
    throw invalidAnswer(realm.href, "its token server gives no token");
  const toldMs = parsed.data?.expires_in === undefined ? usualLifeMs : parsed.data.expires_in * 1_000;
  const lifeMs = Math.max(0, toldMs);
  return { value: token, untilMs: Date.now() + lifeMs - Math.min(marginMs, lifeMs / 4) };
}

export function isTokenRefused(error: unknown): error is TokenRefused {
  return error instanceof TokenRefused;
}
