import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { type Decision, refuse } from "../server/decide.ts";
import { ociError } from "../server/oci-error.ts";
import { type AuthSpec, type BasicAuth, basicUser, type BearerAuth, mayPull } from "./auth-spec.ts";
import type { Tokens } from "./tokens.ts";

export interface AccessState {
  readonly auth: AuthSpec;
  readonly tokens: Tokens;
  /** Where tokens are to be had. */
  readonly realm: string;
  /** What the registry calls itself to the token server. */
  readonly service: string;
}

/** @param name of the repository; `undefined` for `/v2/`. @returns the refusal, if it is one. */
export function refusalOf(
  state: AccessState,
  request: ReceivedRequest,
  name: string | undefined,
): Decision | undefined {
  const { auth } = state;
  if (auth.type === "none") return undefined;
  const authorization = request.headers["authorization"];
  return auth.type === "basic"
    ? basicRefusal(auth, authorization, name)
    : bearerRefusal({ ...state, auth }, authorization, name);
}

function basicRefusal(auth: BasicAuth, authorization: string | undefined, name: string | undefined) {
  const caller = basicUser(auth, authorization);
  if (caller !== "wrong" && name !== undefined && mayPull(auth, caller.user, name)) return undefined;
  if (caller === "wrong" || caller.user === undefined) return challenge(`Basic realm="Registry of a test"`);
  if (name === undefined) return undefined;
  return refuse(ociError(403, { code: "DENIED", message: "requested access to the resource is denied" }));
}

function bearerRefusal(
  { auth, tokens, realm, service }: AccessState & { readonly auth: BearerAuth },
  authorization: string | undefined,
  name: string | undefined,
): Decision | undefined {
  const [, token] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  const scope = name && `repository:${name}:pull`;
  const state = token === undefined ? "none" : tokens.check(token, scope ?? "");
  if (state === "valid" || (state === "insufficient" && name === undefined)) return undefined;
  if (auth.challenge !== undefined) return challenge(auth.challenge(name));
  const parts = [`realm="${auth.realm ?? realm}"`, `service="${service}"`];
  if (scope !== undefined) parts.push(`scope="${scope}"`);
  if (state === "insufficient") parts.push(`error="insufficient_scope"`);
  if (state === "invalid") parts.push(`error="invalid_token"`);
  return challenge(`Bearer ${parts.join(",")}`);
}

function challenge(text: string): Decision {
  const headers = { "WWW-Authenticate": text };
  return refuse(ociError(401, { code: "UNAUTHORIZED", message: "authentication required", headers }));
}
