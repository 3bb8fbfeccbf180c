/** Columns of a terminal that a text takes, near enough: from the CJK radicals on, a character is two columns wide. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The text cut to a width, with `…` where something is missing. */
export function truncate(text: string, columns: number): string {
  return textWidth(text) <= columns ? text : `${kept(text, columns - 1).join("")}…`;
}

/** The same, with the end of the text. */
export function truncateStart(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return `…${kept(Array.from(text).toReversed(), columns - 1)
    .toReversed()
    .join("")}`;
}

/** The first characters, as many as take no more than a width. */
function kept(characters: Iterable<string>, columns: number): readonly string[] {
  let width = 0;
  const result: string[] = [];
  for (const character of characters) {
    width += characterWidth(character);
    if (width > columns) break;
    result.push(character);
  }
  return result;
}

function characterWidth(character: string): number {
  return (character.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
}
