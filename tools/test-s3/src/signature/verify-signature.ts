import { hash } from "node:crypto";
import type { ReceivedRequest } from "../../../fault-server/src/index.ts";
import { type S3Error, s3Error } from "../answers/s3-error.ts";
import type { Target } from "../target.ts";
import type { AccessKey } from "./access-key.ts";
import { canonicalRequest, type Scope, signatureOf, stringToSign } from "./canonical-request.ts";
import { parseHeaderSignature, parseQuerySignature, type Signature } from "./parse-signature.ts";

export type Caller = { readonly type: "anonymous" } | { readonly type: "key"; readonly key: AccessKey };

export interface Verifier {
  /** By their ids. */
  readonly keys: ReadonlyMap<string, AccessKey>;
  /** Of the endpoint that was asked. */
  readonly region: string;
  /** The clock of the server, in milliseconds since 1970. */
  readonly now: () => number;
}

/** Whose request it is, or why that cannot be told. The order of the checks is that in which S3 is seen to complain. */
export function verifySignature(request: ReceivedRequest, target: Target, verifier: Verifier): Caller | S3Error {
  const inHeader = request.headers["authorization"] !== undefined;
  const inQuery = target.query.some(([name]) => name === "X-Amz-Signature" || name === "X-Amz-Algorithm");
  if (!inHeader && !inQuery) return { type: "anonymous" };
  if (inHeader && inQuery) {
    return s3Error("InvalidArgument", {
      message:
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified",
    });
  }
  const signature = inHeader ? parseHeaderSignature(request) : parseQuerySignature(target);
  if (!("scope" in signature)) return signature;
  const key = verifier.keys.get(signature.accessKeyId);
  const problem =
    wrongRegion(signature, verifier.region) ??
    wrongToken(signature, key) ??
    wrongTime(signature, verifier.now()) ??
    unsignedHeaders(request, signature) ??
    wrongPayload(request, signature);
  if (problem !== undefined) return problem;
  if (key === undefined) return s3Error("InvalidAccessKeyId", { details: { AWSAccessKeyId: signature.accessKeyId } });
  return wrongSignature({ request, target, signature }, key) ?? { type: "key", key };
}

function wrongRegion({ scope, kind }: Signature, region: string): S3Error | undefined {
  if (scope.region === region) return undefined;
  const headers = { "x-amz-bucket-region": region };
  const expecting = `the region '${scope.region}' is wrong; expecting '${region}'`;
  return kind === "header"
    ? s3Error("AuthorizationHeaderMalformed", {
        message: `The authorization header is malformed; ${expecting}`,
        details: { Region: region },
        headers,
      })
    : s3Error("AuthorizationQueryParametersError", {
        message: `Error parsing the X-Amz-Credential parameter; ${expecting}`,
        details: { Region: region },
        headers,
      });
}

/** A temporary key without its token is unknown to S3, and so is one that never was. */
function wrongToken({ sessionToken, accessKeyId }: Signature, key: AccessKey | undefined): S3Error | undefined {
  const unknown = s3Error("InvalidAccessKeyId", { details: { AWSAccessKeyId: accessKeyId } });
  if (key === undefined) return unknown;
  if (key.sessionToken === undefined) return sessionToken === undefined ? undefined : s3Error("InvalidToken");
  if (sessionToken === undefined) return unknown;
  if (sessionToken !== key.sessionToken) return s3Error("InvalidToken");
  return key.expired === true ? s3Error("ExpiredToken") : undefined;
}

function wrongTime({ kind, signedAt, expiresInSeconds }: Signature, now: number): S3Error | undefined {
  const serverTime = new Date(now).toISOString();
  if (kind === "header") {
    if (Math.abs(now - signedAt) <= toleratedSkewMs) return undefined;
    const details = {
      RequestTime: new Date(signedAt).toISOString(),
      ServerTime: serverTime,
      MaxAllowedSkewMilliseconds: String(toleratedSkewMs),
    };
    return s3Error("RequestTimeTooSkewed", { details });
  }
  if (signedAt - now > toleratedSkewMs) return s3Error("AccessDenied", { message: "Request is not yet valid" });
  const expiresAt = signedAt + expiresInSeconds * 1000;
  if (now <= expiresAt) return undefined;
  const details = {
    "X-Amz-Expires": String(expiresInSeconds),
    Expires: new Date(expiresAt).toISOString(),
    ServerTime: serverTime,
  };
  return s3Error("AccessDenied", { message: "Request has expired", details });
}

const toleratedSkewMs = 15 * 60 * 1000;

function unsignedHeaders({ headers }: ReceivedRequest, { signedHeaders }: Signature): S3Error | undefined {
  const mustBe = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  const missing = mustBe.filter((name) => !signedHeaders.includes(name));
  if (missing.length === 0) return undefined;
  const message = "There were headers present in the request which were not signed";
  return s3Error("AccessDenied", { message, details: { HeadersNotSigned: missing.join(", ") } });
}

function wrongPayload({ headers, body }: ReceivedRequest, { kind }: Signature): S3Error | undefined {
  const told = headers["x-amz-content-sha256"];
  if (told === undefined) {
    if (kind === "query") return undefined;
    return s3Error("InvalidRequest", { message: "Missing required header for this request: x-amz-content-sha256" });
  }
  if (told === unsignedPayload) return undefined;
  const computed = hash("sha256", body);
  if (told === computed) return undefined;
  const details = { ClientComputedContentSHA256: told, S3ComputedContentSHA256: computed };
  return /^[0-9a-f]{64}$/.test(told)
    ? s3Error("XAmzContentSHA256Mismatch", { details })
    : s3Error("InvalidArgument", {
        message: "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a valid sha256 value.",
      });
}

const unsignedPayload = "UNSIGNED-PAYLOAD";

interface Signed {
  readonly request: ReceivedRequest;
  readonly target: Target;
  readonly signature: Signature;
}

function wrongSignature({ request, target, signature }: Signed, key: AccessKey): S3Error | undefined {
  const payload = request.headers["x-amz-content-sha256"] ?? unsignedPayload;
  const canonical = canonicalRequest(request, target, { headers: signature.signedHeaders, payload });
  const scope: Scope = signature.scope;
  const text = stringToSign(canonical, signature.amzDate, scope);
  if (signatureOf(text, key.secretAccessKey, scope) === signature.value) return undefined;
  // S3 says what it signed, so that a client's mistake can be found; a test can, too.
  const details = {
    AWSAccessKeyId: key.accessKeyId,
    StringToSign: text,
    SignatureProvided: signature.value,
    CanonicalRequest: canonical,
  };
  return s3Error("SignatureDoesNotMatch", { details });
}
