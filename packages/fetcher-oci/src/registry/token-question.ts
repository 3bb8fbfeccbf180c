import type { ResponseHead } from "@llama-orch/transfer";
import { invalidAnswer } from "./answer-invalid.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";

/** One repository of one registry. */
export interface Place {
  readonly registry: string;
  readonly repository: string;
  /** `https://registry.example` */
  readonly origin: string;
}

/** What a registry wants a token for, and from whom. */
export interface TokenQuestion {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scope: string;
}

export function challengesOf({ headers }: ResponseHead): readonly Challenge[] {
  return parseChallenges(headers.get("www-authenticate") ?? "");
}

/**
 * The token that a registry wants to see; nothing if it wants none.
 * @throws ModelError `OCI_ANSWER_INVALID`
 */
export function tokenQuestion(refusal: ResponseHead, { origin, repository }: Place): TokenQuestion | undefined {
  const params = challengesOf(refusal).find(({ scheme }) => scheme === "bearer")?.params;
  if (params === undefined) return undefined;
  const realm = URL.parse(params.get("realm") ?? "");
  const isEncrypted = realm?.protocol === "https:" || (realm?.protocol === "http:" && origin.startsWith("http:"));
  // Credentials that the registry is asked with over TLS are not sent in the clear to where it points.
  if (realm === null || !isEncrypted) throw invalidAnswer(origin, "it names no token server that could be asked");
  return { realm, service: params.get("service"), scope: params.get("scope") || `repository:${repository}:pull` };
}
