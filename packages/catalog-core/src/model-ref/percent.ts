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
