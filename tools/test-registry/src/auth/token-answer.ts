import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { answerWith, type Decision, refuse } from "../server/decide.ts";
import { ociError } from "../server/oci-error.ts";
import { basicUser, type BearerAuth, mayPull } from "./auth-spec.ts";
import type { Tokens } from "./tokens.ts";

/** What a token server says that is of no use. */
export type TokenLie =
  /** A JSON object without a token. */
  | "no-token"
  /** `token` is the empty string. */
  | "empty-token"
  /** `token` is a number. */
  | "number-token"
  /** A token with a line break in it, as if to add a header. */
  | "line-break-in-token"
  /** JSON of another shape. */
  | "array"
  /** A page of HTML, as JSON. */
  | "html"
  /** GET never ends: not by its length, a tebibyte, nor otherwise. */
  | "endless";

export interface TokenState {
  readonly auth: BearerAuth;
  readonly tokens: Tokens;
  readonly now: () => number;
  readonly lie: TokenLie | undefined;
}

/** One of the two protocols of token servers: GET with a name and password or nothing, or POST with a grant. */
export function answerOfTokenServer(state: TokenState, request: ReceivedRequest): Decision {
  if (request.method === "GET") {
    const query = new URLSearchParams(request.path.split("?")[1] ?? "");
    const caller = basicUser(state.auth, request.headers["authorization"]);
    if (state.lie === "endless") return answerWith({ kind: "chunked" });
    return caller === "wrong" ? unauthorized() : tokenFor(state, caller.user, query);
  }
  if (request.method !== "POST" || state.auth.oauth2 === false) {
    return refuse(ociError(405, { code: "UNSUPPORTED", headers: { Allow: "GET" } }));
  }
  const form = new URLSearchParams(request.body.toString());
  const user = grantedTo(state.auth, form);
  if (user === undefined)
    return refuse(json(400, { error: "invalid_grant", error_description: "The grant is unknown." }));
  return tokenFor(state, user, form);
}

function grantedTo({ identityTokens = {}, users = {} }: BearerAuth, form: URLSearchParams): string | undefined {
  const [username, token] = [form.get("username") ?? "", form.get("refresh_token") ?? ""];
  if (!form.has("service") || !form.has("client_id")) return undefined;
  if (form.get("grant_type") === "refresh_token") {
    return Object.hasOwn(identityTokens, token) ? identityTokens[token] : undefined;
  }
  const known = form.get("grant_type") === "password" && Object.hasOwn(users, username);
  return known && users[username] === form.get("password") ? username : undefined;
}

/** @param asked the query or the form; a scope may be there several times, or be several. */
function tokenFor(state: TokenState, user: string | undefined, asked: URLSearchParams): Decision {
  const { auth, tokens } = state;
  const scopes = asked.getAll("scope").flatMap((scope) => scope.split(" "));
  const [allowed, denied] = [true, false].map((wanted) =>
    scopes.filter((scope) => mayPull(auth, user, scope.split(":")[1] ?? "") === wanted),
  );
  if (user === undefined && (auth.anonymous ?? false) === false) return unauthorized();
  if (auth.deniedBy === "token-server" && denied?.length !== 0) {
    return refuse(ociError(403, { code: "DENIED", message: "requested access to the resource is denied" }));
  }
  const told = auth.expiresInSeconds === undefined ? defaultLifeSeconds : auth.expiresInSeconds;
  const lifetimeSeconds = auth.lifetimeSeconds ?? told ?? unsaidLifeSeconds;
  const token = tokens.issue(auth.scopes ?? pulls(allowed ?? []), lifetimeSeconds * 1000);
  const { answers = "both" } = auth;
  return answerWith(
    state.lie === undefined
      ? json(200, {
          ...(answers !== "access_token" && { token }),
          ...(answers !== "token" && { access_token: token }),
          ...(told !== null && { expires_in: told }),
          issued_at: new Date(state.now()).toISOString(),
        })
      : lies(token)[state.lie],
  );
}

const defaultLifeSeconds = 300;
const unsaidLifeSeconds = 60;

/** `repository:name:pull,push` covers the pull alone. */
function pulls(scopes: readonly string[]): readonly string[] {
  return scopes.map((scope) => scope.replace(/:[^:]*$/, ":pull"));
}

function lies(token: string) {
  return {
    "no-token": json(200, { expires_in: 300 }),
    "empty-token": json(200, { token: "" }),
    "number-token": json(200, { token: 7 }),
    "line-break-in-token": json(200, { token: `${token}\r\nX-Added: yes` }),
    array: json(200, [{ token }]),
    html: { ...json(200, {}), body: "<!doctype html><title>Log in</title>" },
    endless: json(200, {}),
  } as const;
}

function unauthorized(): Decision {
  return refuse(ociError(401, { code: "UNAUTHORIZED", message: "incorrect username or password" }));
}

function json(status: number, document: object) {
  const headers = { "Content-Type": "application/json" };
  return { kind: "status", status, headers, body: JSON.stringify(document) } as const;
}
