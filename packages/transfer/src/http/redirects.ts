import { transferError } from "../errors.ts";
import type { HttpAnswer } from "./exchange.ts";
import type { HttpRequest } from "./request-head.ts";

export const maxRedirects = 10;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function isRedirect({ head }: HttpAnswer): boolean {
  return redirects.has(head.status);
}

/**
 * The request that a redirect asks for. What the caller gave for one origin (a token, a key in a header of any name, a
 * password in the URL) does not go on to another one, nor back again from there; what is left is what makes the request
 * what it is.
 * @throws ModelError `TRANSFER_REDIRECT_REFUSED`
 */
export function redirected(request: HttpRequest, { url, head }: HttpAnswer): HttpRequest {
  const location = head.headers.get("location");
  // Its bytes are UTF-8 where they are not ASCII, as browsers read them.
  const next = location === undefined ? null : URL.parse(Buffer.from(location, "latin1").toString("utf8"), url.href);
  if (next === null) throw refused(url, location === undefined ? "it leads nowhere" : "it leads to no URL");
  if (next.protocol !== "https:" && next.protocol !== "http:") throw refused(url, `it leads to ${next.protocol}`);
  if (url.protocol === "https:" && next.protocol === "http:") {
    throw refused(url, "it leads from https: to http:, where anybody could change the bytes");
  }
  const isSameOrigin = next.origin === url.origin;
  if (isSameOrigin) carryUserinfo(url, next);
  // 303 asks for a GET, and 301 and 302 are treated so by everybody.
  const method = request.method === "POST" && head.status < 307 ? "GET" : request.method;
  const { body, headers = {}, ...rest } = request;
  const keepsBody = method === "POST";
  const kept = Object.entries(headers)
    .filter(([name]) => isSameOrigin || neutral.has(name.toLowerCase()))
    .filter(([name]) => keepsBody || name.toLowerCase() !== "content-type");
  return {
    ...rest,
    method,
    url: next,
    headers: Object.fromEntries(kept),
    ...(body !== undefined && keepsBody && { body }),
  };
}

/** @throws ModelError `TRANSFER_REDIRECT_REFUSED` */
export function tooManyRedirects(url: URL): Error {
  return refused(url, `there are more than ${maxRedirects} in a row`);
}

/** What a request is made of, whoever answers it. */
const neutral: ReadonlySet<string> = new Set(["range", "if-range", "if-match", "accept", "user-agent", "content-type"]);

function carryUserinfo(from: URL, to: URL): void {
  if (to.username !== "" || to.password !== "") return;
  to.username = from.username;
  to.password = from.password;
}

function refused(url: URL, problem: string): Error {
  return transferError("TRANSFER_REDIRECT_REFUSED", {
    message: `A redirect of ${url.host} is not followed: ${problem}.`,
    hint: "Open the URL in a browser to see where it leads, and name the place where the file is.",
    facts: { url: url.href, problem },
  });
}
