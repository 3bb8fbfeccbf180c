import { createHmac, hash } from "node:crypto";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import type { Target } from "../target.ts";
import { uriEncode, uriEncodePath } from "./uri-encoding.ts";

export interface Scope {
  /** `20250131`. */
  readonly date: string;
  readonly region: string;
}

/** What Signature Version 4 signs, as S3 has it: the path is decoded and encoded once, and never normalized. */
export function canonicalRequest(
  { method, rawHeaders }: Pick<ReceivedRequest, "method" | "rawHeaders">,
  { path, query }: Target,
  signed: { readonly headers: readonly string[]; readonly payload: string },
): string {
  const names = [...signed.headers].sort();
  const headers = names.map((name) => `${name}:${valuesOf(rawHeaders, name)}\n`);
  const parameters = query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`);
  return [method, uriEncodePath(path), parameters.join("&"), headers.join(""), names.join(";"), signed.payload].join(
    "\n",
  );
}

export function stringToSign(canonical: string, amzDate: string, { date, region }: Scope): string {
  return ["AWS4-HMAC-SHA256", amzDate, `${date}/${region}/s3/aws4_request`, hash("sha256", canonical)].join("\n");
}

/** In lower-case hex. */
export function signatureOf(text: string, secret: string, { date, region }: Scope): string {
  const key = [date, region, "s3", "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function valuesOf(rawHeaders: ReceivedRequest["rawHeaders"], name: string): string {
  const lines = rawHeaders.filter(([other]) => other.toLowerCase() === name);
  return lines.map(([, value]) => value.trim().replace(/ +/g, " ")).join(",");
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
