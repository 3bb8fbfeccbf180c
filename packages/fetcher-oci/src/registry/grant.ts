import type { FoundCredentials } from "../credentials/found-credentials.ts";
import type { TokenQuestion } from "./token-question.ts";
import type { Token } from "./tokens.ts";

export type Headers = Readonly<Record<string, string>>;

/** How requests are authorized at present. */
export type Grant =
  /** As nobody, until that is refused. */
  | { readonly type: "none" }
  /** By what stays the same with every request. */
  | { readonly type: "fixed"; readonly authorization: string; readonly as: FoundCredentials }
  /** There are credentials, and they do not lead to anything to ask with. */
  | { readonly type: "refused"; readonly as: FoundCredentials; readonly isKnown: boolean }
  | TokenGrant;

export interface TokenGrant {
  readonly type: "token";
  readonly question: TokenQuestion;
  readonly as: FoundCredentials | undefined;
  readonly token: Token;
}

/** Its token is to be asked for anew. */
export function hasEnded(grant: Grant): grant is TokenGrant {
  return grant.type === "token" && grant.token.untilMs <= Date.now();
}

export function headersOf(grant: Grant): Headers {
  if (grant.type === "fixed") return { authorization: grant.authorization };
  return grant.type === "token" ? { authorization: `Bearer ${grant.token.value}` } : {};
}
