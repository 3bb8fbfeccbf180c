import { isPseudonym, type Replace } from "./placeholder.ts";
import { isSecretName } from "./secret-params.ts";
import { secretValueAt } from "./secret-value.ts";

/** Hides what follows an option of a command: `--token x`, `-u user:x`. With `=` between, it is a field like any other. */
export function redactFlags(text: string, replace: Replace): string {
  return redactUserFlag(redactSecretFlags(text, replace), replace);
}

function redactSecretFlags(text: string, replace: Replace): string {
  let result = "";
  let copied = 0;
  for (const found of text.matchAll(flagAndSpace)) {
    const [whole, name = ""] = found;
    const start = found.index + whole.length;
    if (found.index < copied || !isSecretName(name) || isProse(text, start)) continue;
    const value = secretValueAt(text, start, "field");
    if (value === undefined || value.inner === "" || isPseudonym(value.inner)) continue;
    result += `${text.slice(copied, start)}${value.open}${replace(value.inner)}${value.close}`;
    copied = value.end;
  }
  return result + text.slice(copied);
}

/** Another option, or nothing, may follow one that has no value. */
const flagAndSpace = /(?<![\w%.-])--?([A-Za-z][\w.-]*)[^\S\r\n]{1,8}(?=[^\s-])/g;

/** `pass --token to log in` speaks of the option. */
function isProse(text: string, start: number): boolean {
  prose.lastIndex = start;
  return prose.test(text);
}

const prose =
  /(?:a|an|and|are|as|at|by|can|for|from|has|if|in|is|must|of|on|option|or|the|to|was|when|with|[(|<[])(?![\w-])/y;

/** `curl -u user:password`. Two numbers are a user and a group of the operating system. */
function redactUserFlag(text: string, replace: Replace): string {
  return text.replaceAll(userFlag, (_, flag: string, user: string) => `${flag}${replace(user)}`);
}

const userFlag =
  /((?<![\w%.-])(?:-u|-U|--user|--proxy-user)(?:[^\S\r\n]{1,8}|=)["']?)(?!\d+:\d+(?!\S))([^\s:"'/]{1,256}:[^\s"']+)/g;
