/** How a registry wants pulls to be signed in. */
export type AuthSpec = { readonly type: "none" } | BasicAuth | BearerAuth;

export interface BasicAuth extends Users {
  readonly type: "basic";
}

/** A token for each repository, from a token server. */
export interface BearerAuth extends Users {
  readonly type: "bearer";
  /** Where the token server is: on an origin of its own, or at `/token` of the registry. @default "other-origin" */
  readonly at?: "here" | "other-origin";
  /** Refresh tokens, that `docker login` calls identity tokens, and whose they are. @default none */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /** Whether it knows the grants of OAuth 2 by POST; else it answers 405. @default true */
  readonly oauth2?: boolean;
  /** Under which names it answers the token. @default "both" */
  readonly answers?: "token" | "access_token" | "both";
  /** What it says of a token's life; `null` for nothing, which means 60. @default 300 */
  readonly expiresInSeconds?: number | null;
  /** How long tokens really hold. @default what it says */
  readonly lifetimeSeconds?: number;
  /** Who says no to a user without rights: the registry to the token, which then covers nothing, or the token server. @default "registry" */
  readonly deniedBy?: "registry" | "token-server";
  /** The scopes that tokens cover, in place of those that were asked for. */
  readonly scopes?: readonly string[];
  /** What challenges say the token server is, in place of where it is. */
  readonly realm?: string;
  /** The whole `WWW-Authenticate`, in place of the right one. @param name of the repository; `undefined` for `/v2/`. */
  readonly challenge?: (name: string | undefined) => string;
}

interface Users {
  /** Passwords by name. */
  readonly users?: Readonly<Record<string, string>>;
  /** What users may pull. @default all of them everything */
  readonly access?: Readonly<Record<string, readonly string[]>>;
  /** Whether those without a name may pull: everything, or these repositories. @default false */
  readonly anonymous?: boolean | readonly string[];
}

/** @param user `undefined` for nobody in particular. */
export function mayPull(auth: BasicAuth | BearerAuth, user: string | undefined, name: string): boolean {
  const { anonymous = false, access } = auth;
  if (typeof anonymous === "boolean" ? anonymous : anonymous.includes(name)) return true;
  return user !== undefined && (access?.[user]?.includes(name) ?? true);
}

/** @returns the user; `undefined` for no `Authorization`, `"wrong"` for one that is no user's. */
export function basicUser(
  { users = {} }: BasicAuth | BearerAuth,
  authorization: string | undefined,
): { readonly user: string | undefined } | "wrong" {
  if (authorization === undefined) return { user: undefined };
  const [, encoded = ""] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? [];
  const [, user = "", password = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  return Object.hasOwn(users, user) && users[user] === password ? { user } : "wrong";
}
