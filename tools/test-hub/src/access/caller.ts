/** What a token stands for. */
export interface TokenSpec {
  /** Whose token it is. */
  readonly user: string;
  /** The private and gated repositories that it opens: `org/repo`. */
  readonly canRead: readonly string[];
}

/** Who asks. */
export type Caller =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly token: TokenSpec }
  /** With something in `Authorization` that the hub does not know. */
  | { readonly kind: "stranger" };

export function callerOf(authorization: string | undefined, tokens: ReadonlyMap<string, TokenSpec>): Caller {
  if (authorization === undefined) return { kind: "anonymous" };
  const token = tokens.get(/^Bearer (.+)$/i.exec(authorization)?.[1] ?? "");
  return token === undefined ? { kind: "stranger" } : { kind: "user", token };
}

export function opens(caller: Caller, repository: string): boolean {
  return caller.kind === "user" && caller.token.canRead.includes(repository);
}
