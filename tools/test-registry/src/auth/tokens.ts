import { randomUUID } from "node:crypto";

/** The bearer tokens that hold, and what for. */
export interface Tokens {
  /** @param scopes such as `repository:org/model:pull`. */
  issue(scopes: readonly string[], lifetimeMs: number): string;
  check(token: string, scope: string): "valid" | "insufficient" | "invalid";
  /** None holds any more. */
  revoke(): void;
}

/** @param now the time in milliseconds since 1970. */
export function tokenBook(now: () => number): Tokens {
  const book = new Map<string, { readonly scopes: readonly string[]; readonly endMs: number }>();
  return {
    issue(scopes, lifetimeMs) {
      const token = `test-${randomUUID()}`;
      book.set(token, { scopes, endMs: now() + lifetimeMs });
      return token;
    },
    check(token, scope) {
      const known = book.get(token);
      if (known === undefined || known.endMs <= now()) return "invalid";
      return known.scopes.includes(scope) ? "valid" : "insufficient";
    },
    revoke: () => book.clear(),
  };
}
