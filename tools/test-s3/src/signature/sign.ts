import { hash } from "node:crypto";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { targetOf } from "../target.ts";
import type { AccessKey } from "./access-key.ts";
import { canonicalRequest, type Scope, signatureOf, stringToSign } from "./canonical-request.ts";
import { uriEncode } from "./uri-encoding.ts";

export interface SignOptions {
  readonly key: AccessKey;
  /** @default "us-east-1" */
  readonly region?: string;
  /** @default "GET" */
  readonly method?: string;
  /** @default now */
  readonly at?: Date;
  /** To be sent along. Those of `x-amz-*` are signed. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a signed request, for tests of what only a server can be asked by hand. */
export function signedHeaders(url: string, options: SignOptions): Record<string, string> {
  const { key, region = "us-east-1", method = "GET", at = new Date(), headers = {} } = options;
  const amzDate = amzDateOf(at);
  const all: Record<string, string> = {
    ...headers,
    "x-amz-date": amzDate,
    "x-amz-content-sha256": hash("sha256", ""),
    ...(key.sessionToken !== undefined && { "x-amz-security-token": key.sessionToken }),
  };
  const scope: Scope = { date: amzDate.slice(0, 8), region };
  const names = [...namesOf(all), "host"].sort();
  const text = stringToSign(
    canonicalOf(url, { method, headers: all, names, payload: hash("sha256", "") }),
    amzDate,
    scope,
  );
  const credential = `${key.accessKeyId}/${scope.date}/${region}/s3/aws4_request`;
  const value = signatureOf(text, key.secretAccessKey, scope);
  return {
    ...all,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(";")}, Signature=${value}`,
  };
}

/** A URL that is signed for so many seconds. */
export function presignedUrl(url: string, options: SignOptions & { readonly expiresInSeconds: number }): string {
  const { key, region = "us-east-1", method = "GET", at = new Date(), headers = {}, expiresInSeconds } = options;
  const amzDate = amzDateOf(at);
  const scope: Scope = { date: amzDate.slice(0, 8), region };
  const names = [...namesOf(headers), "host"].sort();
  const parameters = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `${key.accessKeyId}/${scope.date}/${region}/s3/aws4_request`,
    "X-Amz-Date": amzDate,
    "X-Amz-Expires": String(expiresInSeconds),
    "X-Amz-SignedHeaders": names.join(";"),
    ...(key.sessionToken !== undefined && { "X-Amz-Security-Token": key.sessionToken }),
  };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${uriEncode(value)}`);
  const unsigned = `${url}${url.includes("?") ? "&" : "?"}${pairs.join("&")}`;
  const canonical = canonicalOf(unsigned, { method, headers, names, payload: "UNSIGNED-PAYLOAD" });
  return `${unsigned}&X-Amz-Signature=${signatureOf(stringToSign(canonical, amzDate, scope), key.secretAccessKey, scope)}`;
}

interface Unsigned {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly payload: string;
}

function canonicalOf(url: string, { method, headers, names, payload }: Unsigned): string {
  const [, host = "", path = "/"] = /^https?:\/\/([^/?]+)(.*)$/s.exec(url) ?? [];
  const target = targetOf(path, host);
  if (target === undefined) throw new TypeError(`Not a URL with proper escapes: ${url}`);
  const rawHeaders: ReceivedRequest["rawHeaders"] = [...Object.entries(headers), ["host", host]];
  return canonicalRequest({ method, rawHeaders }, target, { headers: names, payload });
}

function namesOf(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(headers)
    .map((name) => name.toLowerCase())
    .filter((name) => name.startsWith("x-amz-"));
}

function amzDateOf(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d+/g, "");
}
