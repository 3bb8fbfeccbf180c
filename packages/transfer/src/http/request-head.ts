import { version } from "../version.ts";
import { basicCredentials } from "../connections/credentials.ts";
import type { Route } from "../connections/dial.ts";

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  /** Names in any case. Sent to the origin of `url` alone. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a POST. */
  readonly body?: string;
}

const userAgent = `llama-orch-transfer/${version}`;

/**
 * A request as it is sent (RFC 9112 § 3). Bytes are asked for as they are: what a server would compress on the way is no
 * file of that digest, and cannot be continued in the middle.
 */
export function requestHead({ method, url, headers = {}, body }: HttpRequest, { proxy }: Route): string {
  const isForProxy = proxy !== undefined && url.protocol === "http:";
  const credentials = basicCredentials(url);
  const proxyCredentials = isForProxy ? basicCredentials(proxy) : undefined;
  const fields: Record<string, string> = {
    host: url.host,
    "user-agent": userAgent,
    accept: "*/*",
    "accept-encoding": "identity",
    ...(credentials !== undefined && { authorization: credentials }),
    ...(proxyCredentials !== undefined && { "proxy-authorization": proxyCredentials }),
    ...(method === "POST" && { "content-length": String(Buffer.byteLength(body ?? "")) }),
    ...lowerCase(headers),
  };
  const target = `${isForProxy ? `http://${url.host}` : ""}${url.pathname}${url.search}`;
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${target} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
