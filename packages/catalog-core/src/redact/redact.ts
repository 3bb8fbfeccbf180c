import { redactBareTokens } from "./bare-tokens.ts";
import { redactNamedValues } from "./named-values.ts";
import { redactUserinfo } from "./userinfo.ts";

/** More than any text needed that was not made for it; bounds the work on one that was. */
const maxPasses = 8;

/**
 * The text with every secret replaced by `[redacted]`: userinfo of URLs, values of secret names in queries, fields
 * and headers, `Bearer …` and `Basic …`, Hugging Face tokens, and whatever was registered. Redacting twice changes
 * nothing. When in doubt it hides more. Linear in the length of the text, whoever wrote it.
 */
export function redactText(text: string): string {
  // What one replacement leaves may be what another one recognises, so it ends when nothing changes.
  let [before, after] = [text, redactOnce(text)];
  for (let pass = 1; after !== before && pass < maxPasses; pass += 1) [before, after] = [after, redactOnce(after)];
  return after;
}

function redactOnce(text: string): string {
  return redactNamedValues(redactUserinfo(redactBareTokens(text)));
}
