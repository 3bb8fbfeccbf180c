import { pseudonym } from "../redact/placeholder.ts";
import { pseudonymizeText, redactText } from "../redact/redact.ts";
import type { OtherRef } from "./model-ref.ts";
import { publicQuery } from "./public-query.ts";
import { refuse } from "./ref-refusal.ts";
import { withRequestText } from "./request-text.ts";

/** `scheme:locator`. The locator's grammar is its fetcher's; only what may be secret in its query is touched. */
export function parseOtherRef(text: string): OtherRef {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, colon).toLowerCase();
  const locator = text.slice(colon + 1);
  if (scheme === "http" || scheme === "https") {
    throw refuse(text, {
      part: "host",
      problem: "no host stands after the scheme",
      hint: `Write ${scheme}://host/path.`,
    });
  }
  const shown = withoutUserinfo(scheme, pseudonymizeText(publicLocator(locator)));
  if (shown.trim() === "") {
    throw refuse(text, {
      part: "locator",
      problem: `nothing stands after ${scheme}:`,
      hint: `Write what the fetcher of ${scheme}: shall bring; for a file of that name, write ./${scheme}: instead.`,
    });
  }
  if (locator.startsWith("-")) {
    throw refuse(text, {
      part: "locator",
      problem: "it begins with a dash, and could be taken for an option",
      hint: `Remove the dash; for a file of that name, write ./ before it.`,
    });
  }
  return withRequestText({ kind: "other", scheme, locator: shown }, text);
}

export function printOtherRef(ref: OtherRef): string {
  return `${ref.scheme}:${ref.locator}`;
}

/** Read with its scheme, `tool:user@host` looks like `user:password@host`, and would be hidden wherever it is shown. */
function withoutUserinfo(scheme: string, locator: string): string {
  const id = `${scheme}:${locator}`;
  return redactText(id) === id ? locator : locator.replace(/^[^\s/"<>]+(?=@)/, (userinfo) => pseudonym(userinfo));
}

function publicLocator(locator: string): string {
  const question = locator.indexOf("?");
  if (question < 0) return locator;
  const query = locator.slice(question + 1);
  const shown = publicQuery(query);
  return locator.slice(0, question) + (shown === "" && query !== "" ? "" : `?${shown}`);
}
