import { isPseudonym, type Replace } from "./placeholder.ts";
import { unquotedEnd } from "./secret-value.ts";

/** A Hugging Face access token. */
const hfToken = /hf_[A-Za-z0-9]{30,}/g;

/** Hides what is a secret by its own look, wherever it stands. */
export function redactBareTokens(text: string, replace: Replace): string {
  return redactCredentials(
    text.replaceAll(hfToken, (token) => replace(token)),
    replace,
  );
}

/** `Bearer …` and `Basic …` (RFC 6750, RFC 7617). */
function redactCredentials(text: string, replace: Replace): string {
  let result = "";
  let copied = 0;
  for (const found of text.matchAll(authenticationScheme)) {
    const start = found.index + found[0].length;
    const end = found.index < copied ? start : unquotedEnd(text, start);
    const credential = text.slice(start, end);
    if (credential === "" || isPseudonym(credential)) continue;
    result += text.slice(copied, start) + replace(credential);
    copied = end;
  }
  return result + text.slice(copied);
}

/** Followed by one of these words it is prose, and no credential. */
const authenticationScheme =
  /\b(?:bearer|basic)(?:\s{1,8}|%20|\+)(?!(?:tokens?|auth|authentication|authorization|credentials?|scheme|realm|usage)[.,;:)"']?(?:\s|$))/gi;
