import { pseudonymizeText } from "../redact/redact.ts";
import type { UrlRef } from "./model-ref.ts";
import { publicQuery } from "./public-query.ts";
import { type RefPart, refuse } from "./ref-refusal.ts";
import { withRequestText } from "./request-text.ts";

/** `scheme://…`. Web URLs as browsers read them; of any other only the parts that hold secrets are touched. */
export function parseUrlRef(text: string): UrlRef {
  const scheme = text.slice(0, text.indexOf(":")).toLowerCase();
  const read = scheme === "http" || scheme === "https" ? publicWebUrl : publicUrl;
  const url = pseudonymizeText(read(text, scheme));
  if (read(url, scheme) !== url) throw refusal(text, "host", "its host and port look as if they held a secret");
  return withRequestText({ kind: "url", scheme, url }, text);
}

export function printUrlRef(ref: UrlRef): string {
  return ref.url;
}

function publicWebUrl(text: string): string {
  const hasHost = /^[^:]*:\/\/[^/\\?#]/.test(text);
  const url = hasHost && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw refusal(text, "host", "it is not a URL with a host");
  if (url.hostname.startsWith("-")) throw refusal(text, "host", "the host begins with a dash");
  url.username = "";
  url.password = "";
  url.hash = "";
  const query = publicQuery(url.search.slice(1));
  // The mark is written out, because the setter takes a question mark that the query begins with for it.
  url.search = query === "" ? "" : `?${query}`;
  return url.href;
}

/**
 * The grammar of the scheme is its fetcher's. A key `a/../b` of an object store is not `b`, so nothing is resolved,
 * and no case is changed.
 */
function publicUrl(text: string, scheme: string): string {
  const [, authority = "", path = "", query, fragment] =
    /^[^:]*:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  if (host === "") throw refusal(text, "host", "the host is empty");
  if (host.startsWith("-")) throw refusal(text, "host", "the host begins with a dash");
  if (!/^(?:\[[^\s[\]\\]*\]|[^\s:\\[\]]+)(?::\d*)?$/.test(host)) {
    throw refusal(text, "host", "the host or port is not well formed");
  }
  return `${scheme}://${host}${path}${suffix("?", query)}${suffix("#", fragment)}`;
}

/** Fragments carry parameters too (`#access_token=…`). */
function suffix(mark: "?" | "#", text: string | undefined): string {
  if (text === undefined) return "";
  const shown = publicQuery(text);
  return shown === "" && text !== "" ? "" : mark + shown;
}

function refusal(text: string, part: RefPart, problem: string): Error {
  return refuse(text, {
    part,
    problem,
    hint: "Write scheme://host/path, with user name and password (if any) percent-encoded, and digits for the port.",
  });
}
