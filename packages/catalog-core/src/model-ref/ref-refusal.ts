import { catalogError } from "../errors/catalog-errors.ts";
import type { ModelError } from "../errors/model-error.ts";
import { placeholder } from "../redact/placeholder.ts";
import { redactText } from "../redact/redact.ts";

/** The part of a reference that is wrong, as the grammar calls it. */
export type RefPart =
  | "reference"
  | "scheme"
  | "host"
  | "path"
  | "query"
  | "locator"
  | "org"
  | "repo"
  | "revision"
  | "tag"
  | "include"
  | "exclude"
  | "cwd"
  | "home";

export interface Refusal {
  readonly part: RefPart;
  /** Goes on after "… is not a reference: ". */
  readonly problem: string;
  readonly hint: string;
}

/** The `REF_INVALID` error for a reference. */
export function refuse(reference: unknown, refusal: Refusal): ModelError<"REF_INVALID"> {
  const shown = typeof reference === "string" ? shownReference(reference) : `a value of type ${typeof reference}`;
  return catalogError("REF_INVALID", {
    message: `${typeof reference === "string" ? JSON.stringify(shown) : shown} is not a reference: ${refusal.problem}.`,
    hint: refusal.hint,
    facts: { reference: shown, part: refusal.part },
  });
}

/** In characters. */
const shownLength = 200;

/**
 * What is wrong with a reference may be just what hides its secret from the redactor (a space within a password, say).
 * So everything before the last `@`, and the whole query, is left out of what is not a file.
 * Shortened last: a secret that is cut in two is not recognised.
 */
function shownReference(text: string): string {
  const scheme = /^\s*([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  const bare = scheme === undefined || scheme === "file" ? text : withoutSecretPlaces(text);
  const shown = redactText(bare);
  return shown.length > shownLength ? `${shown.slice(0, shownLength - 1)}…` : shown;
}

function withoutSecretPlaces(text: string): string {
  const lastAt = text.lastIndexOf("@");
  const slashes = text.indexOf("://");
  const isHf = /^\s*hf:/i.test(text);
  const host =
    slashes >= 0 && lastAt > slashes && !isHf
      ? `${text.slice(0, slashes + 3)}${placeholder}${text.slice(lastAt)}`
      : text;
  return host.replace(/[?#][^]*$/, (rest) => `${rest.slice(0, 1)}…`);
}
