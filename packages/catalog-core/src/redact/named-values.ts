import { isPseudonym, placeholder } from "./placeholder.ts";
import { isSecretName, isSecretParam } from "./secret-params.ts";
import { type Place, secretValueAt } from "./secret-value.ts";

/** Hides the values of secret names: `?token=…`, `token: …`, `"token":"…"`, `Cookie: …`. Linear in the text. */
export function redactNamedValues(text: string): string {
  let result = "";
  let copied = 0;
  for (const found of text.matchAll(nameAndSeparator)) {
    const [whole, name = "", separator = ""] = found;
    const start = found.index + whole.length;
    // Within a value that is hidden already.
    if (found.index < copied) continue;
    const place = placeOf(name, separator, text[found.index - 1] ?? "");
    if (!(place === "query" ? isSecretParam(name) : isSecretName(name))) continue;
    const value = secretValueAt(text, start, place);
    if (value === undefined || harmless.has(value.inner) || isPseudonym(value.inner)) continue;
    // A number becomes a text, so that JSON stays JSON.
    const quote = place === "json" && value.open === "" ? (/^\\*["']/.exec(separator)?.[0] ?? "") : "";
    result += `${text.slice(copied, start)}${quote}${value.open}${placeholder}${value.close}${quote}`;
    copied = value.end;
  }
  return result + text.slice(copied);
}

/**
 * The look-behind lets a match begin only where a name begins: without it, a long name without a separator would be
 * tried again from each of its characters. A colon before two slashes belongs to a URL.
 */
const nameAndSeparator =
  /(?<![\w%.-])([\w%.-]+)((?:\\{0,8}["'\]]){0,2}[^\S\r\n]*(?:=[=>]{0,2}|:(?!\/\/)=?)[^\S\r\n]*)/g;

const harmless = new Set(["", "null", "undefined", "true", "false"]);

/** These headers hold secrets of many words and signs, up to the end of the line. */
const headerName = /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$/i;

function placeOf(name: string, separator: string, before: string): Place {
  if (separator === "=" && /[?&;#]/.test(before)) return "query";
  if (headerName.test(name) && separator.trim() === ":") return "header";
  return /["'][^"']*:/.test(separator) ? "json" : "field";
}
