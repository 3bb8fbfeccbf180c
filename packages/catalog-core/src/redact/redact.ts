import { redactBareTokens } from "./bare-tokens.ts";
import { redactFlags } from "./command-flags.ts";
import { redactNamedValues } from "./named-values.ts";
import { placeholder, pseudonym, type Replace } from "./placeholder.ts";
import { replaceRegistered } from "./registered-secrets.ts";
import { redactUserinfo } from "./userinfo.ts";

/** More than any text needed that was not made for it; bounds the work on one that was. */
const maxPasses = 8;

/**
 * The text with every secret replaced by `[redacted]`: userinfo of URLs, values of secret names in queries, fields,
 * headers and options of commands, `Bearer …` and `Basic …`, Hugging Face tokens, and whatever was registered.
 * Redacting twice changes nothing. When in doubt it hides more. Linear in the length of the text, whoever wrote it.
 */
export function redactText(text: string): string {
  return untilStable(text, (each) => redactOnce(replaceRegistered(each, hide), hide));
}

/** As {@link redactText}, but each secret becomes its pseudonym, so that two texts do not become one. */
export function pseudonymizeText(text: string): string {
  return untilStable(text, (each) => redactOnce(replaceRegistered(each, pseudonym), pseudonym));
}

/** As {@link redactText}, by the look of the text alone: what was registered is left as it is. */
export function redactByLook(text: string): string {
  return untilStable(text, (each) => redactOnce(each, hide));
}

const hide: Replace = () => placeholder;

/** What one replacement leaves may be what another one recognises, so it ends when nothing changes. */
function untilStable(text: string, once: (text: string) => string): string {
  let [before, after] = [text, once(text)];
  for (let pass = 1; after !== before && pass < maxPasses; pass += 1) [before, after] = [after, once(after)];
  return after;
}

function redactOnce(text: string, replace: Replace): string {
  const flat = redactPlain(text, replace);
  return redactNamedValues(flat, replace, (value) => redactNamedValues(redactPlain(value, replace), replace) !== value);
}

function redactPlain(text: string, replace: Replace): string {
  return redactFlags(redactUserinfo(redactBareTokens(text, replace), replace), replace);
}
