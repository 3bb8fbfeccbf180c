import { redactByLook } from "../redact/redact.ts";
import { parseFileRef, parsePathRef, type PathContext } from "./file-ref.ts";
import { parseHfRef } from "./hf-ref.ts";
import { modelId } from "./model-id.ts";
import type { ModelRef } from "./model-ref.ts";
import { parseOtherRef } from "./other-ref.ts";
import { refuse } from "./ref-refusal.ts";
import { assertReferenceText, maxReferenceLength } from "./ref-text.ts";
import { parseUrlRef } from "./url-ref.ts";

/** Two characters or more: one letter and a colon is a Windows drive. */
const schemePattern = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/**
 * Reads a reference as a person writes it. Text without a scheme is a path. {@link modelId} prints the result, and
 * reading that again gives the same.
 *
 * @param context what relative paths and `~` stand for; by default this process's folder and this user's home.
 * @throws ModelError `REF_INVALID`; facts: `reference` (redacted, shortened) and the offending `part`.
 */
export function parseModelRef(text: string, context: PathContext = {}): ModelRef {
  assertReferenceText(text);
  const ref = parseAs(schemePattern.exec(text)?.[1]?.toLowerCase(), text, context);
  if (modelId(ref).length > maxReferenceLength) {
    throw refuse(text, {
      part: "reference",
      problem: `its canonical form has more than ${maxReferenceLength} characters`,
      hint: "Shorten it: relative paths and percent-encoding make the canonical form longer than the text.",
    });
  }
  if (redactByLook(modelId(ref)) !== modelId(ref)) {
    throw refuse(text, {
      part: "reference",
      problem: "it holds what looks like a secret, in a place where it names the model",
      hint: "Give secrets to the fetcher, and write a reference without them.",
    });
  }
  return ref;
}

function parseAs(scheme: string | undefined, text: string, context: PathContext): ModelRef {
  if (scheme === undefined) return parsePathRef(text, context);
  if (scheme === "file") return parseFileRef(text, context);
  if (scheme === "hf") return parseHfRef(text);
  return text.startsWith("//", scheme.length + 1) ? parseUrlRef(text) : parseOtherRef(text);
}
