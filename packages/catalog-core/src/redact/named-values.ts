import { decodedEscapes } from "./decoded-escapes.ts";
import { isPseudonym, type Replace } from "./placeholder.ts";
import { isSecretName, isSecretParam, signingParams } from "./secret-params.ts";
import { type Place, secretValueAt } from "./secret-value.ts";

/**
 * Hides the values of secret names: `?token=…`, `token: …`, `"token":"…"`, `["token","…"]`, `Cookie: …`.
 * Linear in the text.
 * @param holdsSecret asked of each value of a query whose percent-encoding was undone: a URL within a URL.
 */
export function redactNamedValues(
  text: string,
  replace: Replace,
  holdsSecret: (decoded: string) => boolean = () => false,
): string {
  let result = "";
  let copied = 0;
  let decoded = 0;
  const isSigning = signingParamsIn(text);
  for (const found of text.matchAll(nameAndSeparator)) {
    const [whole, name, before] = [found[0], unescapedName(found[1] ?? ""), text[found.index - 1] ?? ""];
    const separator = found[2] ?? "";
    const start = found.index + whole.length;
    // Within a value that is hidden already.
    if (found.index < copied) continue;
    const place = placeOf(name, separator, name === found[1] ? before : "&");
    const isSecret = place === "query" ? isSecretParam(name) || isSigning(name) : isSecretName(name);
    // Values are decoded once, not again for each question mark that they hold.
    if (!isSecret && (place !== "query" || start < decoded)) continue;
    if (isPlainColon(text, found.index, separator)) continue;
    const value = secretValueAt(text, start, place);
    if (value === undefined || isHarmless(value.inner, place)) continue;
    if (!isSecret) {
      decoded = value.end;
      if (!decodedEscapes(value.inner).some(holdsSecret)) continue;
    }
    // A number becomes a text, so that JSON stays JSON.
    const quote = place === "json" && value.open === "" ? (/^\\*["']/.exec(separator)?.[0] ?? "") : "";
    result += `${text.slice(copied, start)}${quote}${value.open}${replace(value.inner)}${value.close}${quote}`;
    copied = value.end;
  }
  return result + text.slice(copied);
}

/**
 * The look-behind lets a match begin only where a name begins: without it, a long name without a separator would be
 * tried again from each of its characters. A colon before two slashes belongs to a URL. A comma separates a name from
 * its value in a list of headers, where both are quoted.
 */
const nameAndSeparator =
  /(?<![\w%.-])([\w%.-]+)((?:\\{0,8}["'\]]){0,2}[^\S\r\n]*(?:=[=>]{0,2}|:(?!\/\/)=?)[^\S\r\n]*|\\{0,8}["']\s{0,64},\s{0,64}(?=\\{0,8}["'[]))/g;

/** Some JSON writers escape the ampersand before a name. */
function unescapedName(name: string): string {
  return name.replace(/^u0026(?=.)/, "");
}

/** These are signatures only where all of a set are there. */
function signingParamsIn(text: string): (name: string) => boolean {
  if (!/key-pair-id|accessid|accesskeyid/i.test(text)) return () => false;
  return signingParams([...text.matchAll(/(?:[?&;]|\\u0026)([\w%.-]+)=/g)].map(([, name = ""]) => name));
}

const harmless = new Set(["", "null", "undefined", "true", "false"]);

/** In a query, an ampersand after a pseudonym begins the next parameter. */
function isHarmless(value: string, place: Place): boolean {
  return harmless.has(value) || isPseudonym(place === "query" ? (value.split("&", 1)[0] ?? "") : value);
}

/** `://host:8080`, `hf:org/repo:TAG`, `hf:org/repo@revision:TAG`: the colon separates no value from a name. */
function isPlainColon(text: string, nameStart: number, separator: string): boolean {
  if (separator !== ":") return false;
  const before = text.slice(Math.max(0, nameStart - 300), nameStart);
  if (before.endsWith("://")) return /^[^:]*:\d{0,5}(?:[/?#\s"'<>]|$)/.test(text.slice(nameStart, nameStart + 300));
  return /(?<![\w.-])hf:(?:\/\/)?[\w.-]{1,96}\/(?:[\w.-]{1,96}@[^\s/:]{0,150})?$/i.test(before);
}

/** These headers hold secrets of many words and signs, up to the end of the line. */
const headerName = /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$/i;

function placeOf(name: string, separator: string, before: string): Place {
  if (separator === "=" && /[?&;#]/.test(before)) return "query";
  if (headerName.test(name) && separator.trim() === ":") return "header";
  return /["'][^"']*[:,]/.test(separator) ? "json" : "field";
}
