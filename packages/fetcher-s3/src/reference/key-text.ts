/** Undoes percent-encoding; a percent sign that begins no escape stands for itself, and so does a plus. `undefined` where that is no UTF-8. */
export function decodeKey(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll(/%(?![0-9A-Fa-f]{2})/g, "%25"));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** As little as will be read back as it was: what means something in a reference, and what no reference may hold. */
export function encodeKey(key: string): string {
  return key.replaceAll(/[%?#\u0000-\u001f\u007f-\u009f]/g, encodeURIComponent);
}

/** Everything but what no encoder touches (RFC 3986 § 2.3): the one form that is both sent and signed. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
