import { textContent } from "../../../fault-server/src/content/content.ts";
import { type Answer, answer } from "../../../fault-server/src/http/answer.ts";
import type { StatusEffect } from "../../../fault-server/src/index.ts";
import { type S3Error, s3Error, type S3ErrorCode } from "./s3-error.ts";
import { errorXml } from "./xml.ts";

export interface ErrorContext {
  readonly method: string;
  readonly requestId: string;
  /** As it was asked for, without the query. */
  readonly resource: string;
}

/** In XML; but nothing to HEAD, not even the code. */
export function errorAnswer(error: S3Error, { method, requestId, resource }: ErrorContext): Answer {
  const headers = { "Content-Type": "application/xml", ...error.headers };
  if (method === "HEAD") return answer(error.status, headers, textContent(""));
  const { code, message, details } = error;
  const xml = errorXml({ Code: code, Message: message, ...details, Resource: resource, RequestId: requestId });
  return answer(error.status, headers, textContent(xml));
}

/** A fault that answers with an error of S3, for `inject()`: `s3.inject({ ...s3Failure("SlowDown"), times: 2 })`. */
export function s3Failure(code: S3ErrorCode, headers: Readonly<Record<string, string>> = {}): StatusEffect {
  const { status, message } = s3Error(code);
  const body = errorXml({ Code: code, Message: message, RequestId: "INJECTEDBYTHETEST" });
  return { kind: "status", status, headers: { "Content-Type": "application/xml", ...headers }, body };
}
