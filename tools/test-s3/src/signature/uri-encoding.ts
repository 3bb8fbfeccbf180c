/** Every byte but those of unreserved characters, with upper-case hex: what Signature Version 4 calls UriEncode. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => percent(character.charCodeAt(0)));
}

/** Keeps slashes. */
export function uriEncodePath(path: string): string {
  return path.split("/").map(uriEncode).join("/");
}

/** `+` is a space: S3 reads it so in paths and in queries. `undefined` for what is no encoding. */
export function uriDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
