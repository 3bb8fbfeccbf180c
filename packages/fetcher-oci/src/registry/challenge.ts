/** One way to sign in that a server offers (`WWW-Authenticate`). */
export interface Challenge {
  /** Lower-case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * The challenges of a header field (RFC 9110, 11.6.1). What follows a comma may be the next parameter or the next challenge:
 * it is a challenge when a word stands there without an equals sign.
 */
export function parseChallenges(field: string): readonly Challenge[] {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  const token = /([!#$%&'*+.^_`|~0-9a-z-]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s,"]+))|(?=[\s,]|$))/giy;
  let at = 0;
  while (at < field.length) {
    token.lastIndex = at;
    const found = token.exec(field);
    if (found === null) {
      at += 1;
      continue;
    }
    at = token.lastIndex;
    const [, word = "", quoted, bare] = found;
    const value = quoted?.replaceAll(/\\(.)/gs, "$1") ?? bare;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), params: new Map() });
    else challenges.at(-1)?.params.set(word.toLowerCase(), value);
  }
  return challenges;
}
