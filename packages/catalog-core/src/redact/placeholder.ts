import { hash } from "node:crypto";

/** What stands in the place of a secret in text. */
export const placeholder = "[redacted]";

const pseudonymPattern = /^redacted-[0-9a-f]{12}$/;

/**
 * What stands in the place of a secret in an id: `redacted-<12 hex of its sha256>`. A value that may be a secret
 * may also name the model, so two values must not become one. The pseudonym of a pseudonym is itself.
 */
export function pseudonym(secret: string): string {
  return isPseudonym(secret) ? secret : `redacted-${hash("sha256", secret).slice(0, 12)}`;
}

export function isPseudonym(text: string): boolean {
  return pseudonymPattern.test(text);
}

/** What stands in the place of a found secret. What it gives must be left alone when it is met again. */
export type Replace = (secret: string) => string;
