import { redactBareTokens } from "./bare-tokens.ts";
import { redactNamedValues } from "./named-values.ts";
import { redactUserinfo } from "./userinfo.ts";

/**
 * The text with every secret replaced by `[redacted]`: userinfo of URLs, values of secret names in queries, fields
 * and headers, `Bearer …` and `Basic …`, Hugging Face tokens, and whatever was registered. Redacting twice changes
 * nothing. When in doubt it hides more. Linear in the length of the text, whoever wrote it.
 */
export function redactText(text: string): string {
  return redactNamedValues(redactUserinfo(redactBareTokens(text)));
}
