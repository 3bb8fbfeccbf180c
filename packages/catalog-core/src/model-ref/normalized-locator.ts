import { modelId } from "./model-id.ts";
import type { ModelRef, OtherRef, UrlRef } from "./model-ref.ts";
import { parseOtherRef } from "./other-ref.ts";
import { refuse } from "./ref-refusal.ts";
import { requestText, withRequestText } from "./request-text.ts";
import { assertReferenceText } from "./ref-text.ts";
import { parseUrlRef } from "./url-ref.ts";

/**
 * The reference with a fetcher's own `normalize` applied to what follows `scheme:` in its id (for a URL, that begins
 * with `//`). Kind and scheme stay, and so does the text for requests.
 * @throws ModelError `REF_INVALID` when the result is no reference of that kind; whatever `normalize` throws.
 */
export function withNormalizedLocator(ref: UrlRef | OtherRef, normalize: (locator: string) => string): ModelRef {
  const locator = normalize(modelId(ref).slice(ref.scheme.length + 1));
  const text = `${ref.scheme}:${locator}`;
  assertReferenceText(text);
  if (locator.startsWith("//") !== (ref.kind === "url")) {
    throw refuse(text, {
      part: "locator",
      problem: `the fetcher of ${ref.scheme}: ${ref.kind === "url" ? "removed" : "added"} the // after the scheme`,
      hint: "This is a fault of that fetcher: its normalize must keep the kind of a reference. Report it to its authors.",
    });
  }
  const normalized = ref.kind === "url" ? parseUrlRef(text) : parseOtherRef(text);
  return withRequestText(normalized, requestText(ref) ?? modelId(ref));
}
