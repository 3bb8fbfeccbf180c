import { transferError } from "../errors.ts";

export function isPageType(contentType: string): boolean {
  return /^(text\/html|application\/xhtml\+xml)\b/.test(contentType);
}

/**
 * That a file does not begin as a web page does, whatever its type is said to be.
 * @throws ModelError `TRANSFER_HTML_PAGE`
 */
export function assertNoPage(start: Uint8Array, url: URL): void {
  const text = Buffer.from(start.subarray(0, 256)).toString("latin1").trimStart().toLowerCase();
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) throw webPage(url, "by its first bytes");
}

export function webPage(url: URL, contentType: string): Error {
  return transferError("TRANSFER_HTML_PAGE", {
    message: `${url.host} sends a web page (${contentType}) in place of ${url.pathname}.`,
    hint: "Open the URL in a browser: it may ask to log in, or to accept something, or the network you are in does.",
    facts: { url: url.href, contentType },
  });
}
