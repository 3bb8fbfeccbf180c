import { isPseudonym, type Replace } from "./placeholder.ts";

/** Hides `user:password@` and `user@` in URL-like text. Every pattern is linear: no run is scanned from two starts. */
export function redactUserinfo(text: string, replace: Replace): string {
  return text.includes("@") ? redactBare(redactMalformed(redactAuthority(text, replace), replace), replace) : text;
}

/**
 * `scheme://userinfo@host`, also with the slashes escaped as some JSON writers do. URLs accept a space, quotes and angle
 * brackets in a password, so it goes up to the last `@` before the path, unless the URL has ended before.
 */
function redactAuthority(text: string, replace: Replace): string {
  return text.replaceAll(/(:(?:\\?\/){2})([^/?#\r\n]*)@/g, (whole, slashes: string, userinfo: string) =>
    isPseudonym(userinfo) || hostAndMore.test(userinfo) ? whole : `${slashes}${replace(userinfo)}@`,
  );
}

/**
 * The URL was a host alone, and something else follows: a word after a host with a dot, or after the quote that closes
 * a field. A colon that begins no port begins a password, whatever it holds; and so does a quote that closes nothing, as a
 * user name may hold one.
 */
const hostAndMore =
  /^(?:(?:[\w-]+\.)+\w+|localhost|\[[\da-f:.]+\])(?::\d+)?[.,;:)]?(?:(?:[\s<>\\]|$)[^]|["'](?:[\s,]|[}\])>.;:]+[\s"',{[\\<]))|^[\w.-]*(?::\d+)?\\*["'](?:[\s,]|[}\])]+[\s"',{[\\<])/i;

/**
 * `scheme://user:pa/ss@host`: the password holds a character that should have been encoded. What follows the first
 * colon is no port, so it is a password up to the last `@`.
 */
function redactMalformed(text: string, replace: Replace): string {
  return text.replaceAll(
    /(:\/\/)([^\s/?#"<>@:[\]]+:(?!\d*(?:[/?#\s"<>]|$))(?:[^\s"<>:]|:(?!\/\/)){0,2048})@/g,
    (_, slashes: string, userinfo: string) => `${slashes}${replace(userinfo)}@`,
  );
}

/** `user:password@host` without a scheme, as proxies are often written. What follows must look like a host. */
function redactBare(text: string, replace: Replace): string {
  return text.replaceAll(/[^\s/"<>]+/g, (word) => {
    const [colon, at] = [word.indexOf(":"), word.lastIndexOf("@")];
    if (colon <= 0 || at <= colon || isPseudonym(word.slice(colon + 1, at))) return word;
    const user =
      word
        .slice(0, colon)
        .split(/[^\w.~%+-]/)
        .at(-1) ?? "";
    if (notUsers.has(user.toLowerCase()) || isDrivePath(user, word, colon)) return word;
    const start = colon - user.length;
    return hostPattern.test(word.slice(at + 1))
      ? `${word.slice(0, start)}${replace(word.slice(start, at))}${word.slice(at)}`
      : word;
  });
}

/** A tag before a digest (`repo:tag@sha256:…`) is no password. */
const hostPattern =
  /^(?!sha\d{3}:)(?:\[[\da-f:.]+\]|localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[\w-]+\.)+[a-z]{2,}|[\w.-]+(?=:\d{2,5}))(?![\w-])/i;

/** Words that stand before a colon in harmless text which may also hold an `@`. */
const notUsers = new Set(["", "file", "hf", "mailto", "npm", "sha256", "sha512"]);

function isDrivePath(user: string, word: string, colon: number): boolean {
  return user.length === 1 && word[colon + 1] === "\\";
}
