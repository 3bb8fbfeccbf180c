import { isModelError, type ModelError } from "@llama-orch/catalog-core";
import type { ResponseHead } from "@llama-orch/transfer";
import { type S3ErrorCode, s3Error } from "../errors.ts";
import { isRegion } from "../s3-fetcher-options.ts";
import { regionOfHost } from "./bucket-address.ts";
import type { ErrorDocument } from "./documents.ts";
import { explanation } from "./explanation.ts";

/** What a request is about, and whose it is. */
export interface Subject {
  readonly bucket: string;
  readonly key?: string | undefined;
  readonly prefix?: string | undefined;
  readonly versionId?: string | undefined;
  /** The host that was asked. */
  readonly host: string;
  /** The region that it was signed for. */
  readonly region: string;
  /** Nobody's because it was meant so, or because there was nobody. */
  readonly identity: "signed" | "anonymous" | "nobody";
  readonly requesterPays: boolean;
}

/** What S3 answers that is no success. */
export interface FailedAnswer {
  readonly method: "GET" | "HEAD" | "POST";
  readonly head: ResponseHead;
  /** Absent of HEAD, and where nothing can be read from it. */
  readonly document: ErrorDocument | undefined;
}

/** The error that an answer stands for; nothing where its status says all, as it does of a server in trouble. */
export function s3Failure(answer: FailedAnswer, about: Subject): ModelError<S3ErrorCode> | undefined {
  const code = codeOf(answer, about);
  if (code === undefined) return undefined;
  const { head, document } = answer;
  const { bucket, key, prefix, versionId, host, region } = about;
  const told = regionTold(answer);
  const server = serverTimeOf(answer);
  return s3Error(code, {
    ...explanation(code, {
      ...about,
      serverCode: document?.code ?? `${head.status}`,
      told,
      isDeleted: isDeleted(head),
      message: document?.message,
    }),
    facts: {
      bucket,
      host,
      status: head.status,
      ...(key !== undefined && { key }),
      ...(prefix !== undefined && { prefix }),
      ...(versionId !== undefined && { versionId }),
      ...(document !== undefined && { serverCode: document.code }),
      ...(isDeleted(head) && { deleted: true }),
      ...(code === "S3_REGION_WRONG" && { signedFor: region, ...(told !== undefined && { region: told }) }),
      ...(code === "S3_CLOCK_SKEWED" && { localTime: new Date().toISOString(), serverTime: server?.toISOString() }),
      ...(code === "S3_OBJECT_ARCHIVED" && { storageClass: document?.storageClass }),
    },
  });
}

export type AnswerCode = Exclude<
  S3ErrorCode,
  | "S3_SCHEME_UNSUPPORTED"
  | "S3_OPTION_INVALID"
  | "S3_REFERENCE_INVALID"
  | "S3_CREDENTIALS_FAILED"
  | "S3_PATHS_UNSUPPORTED"
  | "S3_CONTENT_MISMATCH"
>;

const known: Readonly<Record<string, AnswerCode>> = {
  NoSuchBucket: "S3_BUCKET_NOT_FOUND",
  InvalidBucketName: "S3_BUCKET_NOT_FOUND",
  NoSuchKey: "S3_KEY_NOT_FOUND",
  NoSuchVersion: "S3_VERSION_NOT_FOUND",
  InvalidAccessKeyId: "S3_CREDENTIALS_INVALID",
  SignatureDoesNotMatch: "S3_CREDENTIALS_INVALID",
  InvalidToken: "S3_CREDENTIALS_INVALID",
  InvalidSecurity: "S3_CREDENTIALS_INVALID",
  // Of versitygw, for a key that it does not know.
  XAdminUserNotFound: "S3_CREDENTIALS_INVALID",
  ExpiredToken: "S3_CREDENTIALS_EXPIRED",
  TokenRefreshRequired: "S3_CREDENTIALS_EXPIRED",
  RequestTimeTooSkewed: "S3_CLOCK_SKEWED",
  PermanentRedirect: "S3_REGION_WRONG",
  TemporaryRedirect: "S3_REGION_WRONG",
  IllegalLocationConstraintException: "S3_REGION_WRONG",
  InvalidObjectState: "S3_OBJECT_ARCHIVED",
  PreconditionFailed: "S3_SOURCE_CHANGED",
};

/** By what a server says, which may be the name of a property that every object has. */
const codes: ReadonlyMap<string, AnswerCode> = new Map(Object.entries(known));

function codeOf(answer: FailedAnswer, about: Subject): AnswerCode | undefined {
  const { head, document } = answer;
  const { status, headers } = head;
  if (status >= 500 || status === 429) return undefined;
  if (status === 412) return "S3_SOURCE_CHANGED";
  const code = codes.get(document?.code ?? "");
  if (code !== undefined) return code;
  // 400 for a signature of another region, whatever the header or the parameter is called that it stands in.
  if (/^Authorization.*(Malformed|Error)$/.test(document?.code ?? "")) {
    return regionTold(answer) === undefined ? "S3_CREDENTIALS_INVALID" : "S3_REGION_WRONG";
  }
  const toldRegion = headers.get("x-amz-bucket-region");
  if (status < 400 || (status === 400 && toldRegion !== undefined && toldRegion !== about.region))
    return "S3_REGION_WRONG";
  // Without words, the same can be asked by GET, whose answer says more.
  if (answer.method === "HEAD") return undefined;
  if (status === 405 && isDeleted(head)) return "S3_VERSION_NOT_FOUND";
  if (document?.argumentName === "versionId") return "S3_VERSION_NOT_FOUND";
  // What has words of its own may mean something else: a server of another vendor says so of its users.
  if (status === 404 && (document === undefined || document.code === "NotFound"))
    return about.key === undefined ? "S3_BUCKET_NOT_FOUND" : "S3_KEY_NOT_FOUND";
  if (status === 401 || status === 403) return deniedCode(answer, about);
  return "S3_ANSWER_INVALID";
}

/** A signature of another time is refused as one that has expired, or is not good yet, without a code of its own. */
function deniedCode(answer: FailedAnswer, { identity }: Subject): AnswerCode {
  if (identity === "nobody") return "S3_CREDENTIALS_MISSING";
  const serverTime = serverTimeOf(answer);
  const isSkewed = serverTime !== undefined && Math.abs(serverTime.getTime() - Date.now()) > toleratedSkewMs;
  return isSkewed && identity === "signed" ? "S3_CLOCK_SKEWED" : "S3_ACCESS_DENIED";
}

const toleratedSkewMs = 15 * 60_000;

function serverTimeOf({ head, document }: FailedAnswer): Date | undefined {
  const time = new Date(document?.serverTime ?? head.headers.get("date") ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function isDeleted({ headers }: ResponseHead): boolean {
  return headers.get("x-amz-delete-marker") === "true";
}

/** Only its name is taken from the server, never the host that it says to ask. */
function regionTold({ head, document }: FailedAnswer): string | undefined {
  const places = [head.headers.get("x-amz-bucket-region"), document?.region, regionOfHost(document?.endpoint ?? "")];
  return places.find((told) => told !== undefined && isRegion(told));
}

/** Of HEAD, which has no words, or where a proxy answers: the same can be asked by GET, whose answer says more. */
export function saysTooLittle(error: unknown): boolean {
  if (!isModelError(error)) return false;
  const { status, region, serverCode } = error.facts;
  const isPlain = typeof status === "number" && status >= 300 && status < 500 && status !== 412 && status !== 429;
  return isPlain && region === undefined && serverCode === undefined;
}
