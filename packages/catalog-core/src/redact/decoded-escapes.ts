/** A URL in a URL in a URL. */
const maxDepth = 3;

/** The text with its percent-encoding undone, once and again as long as there is one. Malformed escapes stay. */
export function decodedEscapes(text: string): string[] {
  const decoded: string[] = [];
  let last = text;
  while (decoded.length < maxDepth && /%[0-7][0-9a-f]/i.test(last)) {
    last = last.replaceAll(/%[0-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
    decoded.push(last);
  }
  return decoded;
}
