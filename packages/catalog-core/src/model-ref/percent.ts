/** The text with its percent-encoding undone; undefined when an escape is malformed or not UTF-8. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Encodes the ASCII characters that the global pattern finds, and leaves the text readable otherwise. */
export function percentEncode(text: string, pattern: RegExp): string {
  return text.replaceAll(pattern, encodeURIComponent);
}

/** Encodes what could be part of a secret's look: every sign, and the first letter of `Bearer` and `Basic`. */
export function percentEncodeSigns(text: string): string {
  return text.replaceAll(/[\s!-,:-@[-`{-~]|b(?=earer|asic)/gi, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
