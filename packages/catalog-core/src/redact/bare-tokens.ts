import { placeholder } from "./placeholder.ts";
import { replaceRegistered } from "./registered-secrets.ts";
import { unquotedEnd } from "./secret-value.ts";

/** A Hugging Face access token. */
const hfToken = /hf_[A-Za-z0-9]{30,}/g;

/** Hides what is a secret by its own look, wherever it stands. */
export function redactBareTokens(text: string): string {
  return redactCredentials(replaceKnownSecrets(text, () => placeholder));
}

/** The registered values and the Hugging Face tokens in a text, each replaced. */
export function replaceKnownSecrets(text: string, replace: (found: string) => string): string {
  return replaceRegistered(text, replace).replaceAll(hfToken, replace);
}

/** `Bearer …` and `Basic …` (RFC 6750, RFC 7617). */
function redactCredentials(text: string): string {
  let result = "";
  let copied = 0;
  for (const found of text.matchAll(authenticationScheme)) {
    const start = found.index + found[0].length;
    const end = found.index < copied ? start : unquotedEnd(text, start);
    if (end === start) continue;
    result += text.slice(copied, start) + placeholder;
    copied = end;
  }
  return result + text.slice(copied);
}

/** Followed by one of these words it is prose, and no credential. */
const authenticationScheme =
  /\b(?:bearer|basic)(?:\s{1,8}|%20|\+)(?!(?:tokens?|auth|authentication|authorization|credentials?|scheme|realm|usage)[.,;:)"']?(?:\s|$))/gi;
