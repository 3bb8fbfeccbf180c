import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { type S3Error, s3Error } from "../answers/s3-error.ts";
import { parameterOf, type Target } from "../target.ts";
import type { Scope } from "./canonical-request.ts";

/** What a request says of its signature. */
export interface Signature {
  readonly kind: "header" | "query";
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** In lower case. */
  readonly signedHeaders: readonly string[];
  readonly value: string;
  /** `20250131T120000Z`. */
  readonly amzDate: string;
  /** The same, in milliseconds since 1970. */
  readonly signedAt: number;
  readonly sessionToken: string | undefined;
  /** From then on; only of queries. */
  readonly expiresInSeconds: number;
}

export function parseHeaderSignature({ headers }: ReceivedRequest): Signature | S3Error {
  const [, fields] = /^AWS4-HMAC-SHA256 +(.*)$/.exec(headers["authorization"] ?? "") ?? [];
  if (fields === undefined) {
    return s3Error("InvalidRequest", {
      message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    });
  }
  const values = new Map(fields.split(/, */).map((field) => splitAt(field, "=")));
  const [amzDate, signedAt] = timeOf(headers["x-amz-date"] ?? headers["date"]);
  if (signedAt === undefined) {
    return s3Error("AccessDenied", { message: "AWS authentication requires a valid Date or x-amz-date header" });
  }
  return (
    signatureFrom({
      kind: "header",
      credential: values.get("Credential"),
      signedHeaders: values.get("SignedHeaders"),
      value: values.get("Signature"),
      amzDate,
      signedAt,
      sessionToken: headers["x-amz-security-token"],
      expiresInSeconds: Infinity,
    }) ?? s3Error("AuthorizationHeaderMalformed")
  );
}

export function parseQuerySignature(target: Target): Signature | S3Error {
  const malformed = s3Error("AuthorizationQueryParametersError");
  const once = (name: string): string | undefined => parameterOf(target, name);
  const [amzDate, signedAt] = timeOf(once("X-Amz-Date"));
  const expires = once("X-Amz-Expires") ?? "";
  if (once("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256" || signedAt === undefined || !/^\d{1,6}$/.test(expires)) {
    return malformed;
  }
  if (Number(expires) > 604_800) {
    return {
      ...malformed,
      message:
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    };
  }
  return (
    signatureFrom({
      kind: "query",
      credential: once("X-Amz-Credential"),
      signedHeaders: once("X-Amz-SignedHeaders"),
      value: once("X-Amz-Signature"),
      amzDate,
      signedAt,
      sessionToken: once("X-Amz-Security-Token"),
      expiresInSeconds: Number(expires),
    }) ?? malformed
  );
}

interface Fields extends Pick<Signature, "kind" | "amzDate" | "signedAt" | "sessionToken" | "expiresInSeconds"> {
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly value: string | undefined;
}

function signatureFrom({ credential = "", signedHeaders = "", value = "", ...rest }: Fields): Signature | undefined {
  const [, accessKeyId, date, region] = /^(.+)\/(\d{8})\/([^/]+)\/s3\/aws4_request$/.exec(credential) ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined) return undefined;
  if (signedHeaders === "" || !/^[0-9a-f]{64}$/.test(value) || !rest.amzDate.startsWith(date)) return undefined;
  return { ...rest, accessKeyId, scope: { date, region }, signedHeaders: signedHeaders.split(";"), value };
}

/** @returns the time as it is signed, and in milliseconds. */
function timeOf(text = ""): readonly [string, number | undefined] {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  const iso = year === undefined ? undefined : `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const ms = Date.parse(iso ?? text);
  if (Number.isNaN(ms)) return [text, undefined];
  return [new Date(ms).toISOString().replace(/[-:]|\.\d+/g, ""), ms];
}

function splitAt(text: string, separator: string): readonly [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ""] : [text.slice(0, index), text.slice(index + 1)];
}
