/**
 * Whether patterns select a path, as those of the Python library do: `*` stands for anything, slashes included, `?` for one
 * character, `[abc]` and `[!abc]` for one of some; a pattern that ends in a slash for all below. Case counts.
 */
export function selects(path: string, include: readonly string[], exclude: readonly string[]): boolean {
  const isMatch = (pattern: string): boolean => patternOf(pattern).test(path);
  return (include.length === 0 || include.some(isMatch)) && !exclude.some(isMatch);
}

function patternOf(glob: string): RegExp {
  const text = glob.endsWith("/") ? `${glob}*` : glob;
  let source = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const set = character === "[" ? /^\[(!?)(\]?[^\]]*)\]/.exec(text.slice(at)) : null;
    if (character === "*") source += ".*";
    else if (character === "?") source += ".";
    else if (set === null) source += character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    else {
      source += `[${set[1] === "!" ? "^" : ""}${(set[2] ?? "").replace(/[\\\][^]/g, "\\$&")}]`;
      at += set[0].length - 1;
    }
  }
  return new RegExp(`^${source}$`, "su");
}
