/** The user and password that a URL names, as a header has them (RFC 7617); nothing if it names none. */
export function basicCredentials(url: URL): string | undefined {
  if (url.username === "" && url.password === "") return undefined;
  const pair = [url.username, url.password].map(decodeUserinfo).join(":");
  return `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
}

/** A lone percent sign stands for itself. */
export function decodeUserinfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
