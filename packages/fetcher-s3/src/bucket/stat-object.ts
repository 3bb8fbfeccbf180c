import type { Reply } from "@llama-orch/transfer";
import { s3Error } from "../errors.ts";
import { type Bucket, invalidAnswer } from "./bucket.ts";
import { archivedText } from "./explanation.ts";
import { objectOf, type S3Object } from "./s3-object.ts";
import { saysTooLittle } from "./s3-failure.ts";

export interface StatQuestion {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** It must be this version. */
  readonly etag?: string | undefined;
  /** As a list has it, where one has. */
  readonly sizeBytes?: number | undefined;
}

/**
 * What S3 tells of an object without sending it, its checksum included.
 * @throws ModelError of `S3ErrorCode`
 */
export async function statObject(bucket: Bucket, about: StatQuestion, signal?: AbortSignal): Promise<S3Object> {
  const { key, versionId, etag } = about;
  const question = {
    key,
    ...(versionId !== undefined && { query: { versionId } }),
    headers: { "x-amz-checksum-mode": "ENABLED", ...(etag !== undefined && { "if-match": etag }) },
  };
  const reply = await bucket.ask({ ...question, method: "HEAD" }, signal).catch(async (error: unknown) => {
    if (!saysTooLittle(error)) throw error;
    // The answer to HEAD has no words, and a missing bucket is not told from a missing key: asked for one byte, S3 says which.
    return bucket.ask({ ...question, method: "GET", headers: { ...question.headers, range: "bytes=0-0" } }, signal);
  });
  const url = bucket.url(key).href;
  assertReadable(bucket, key, reply);
  const sizeBytes = sizeOf(reply);
  if (sizeBytes === undefined) throw invalidAnswer(url, "it tells no size");
  if (about.sizeBytes !== undefined && about.sizeBytes !== sizeBytes) {
    throw invalidAnswer(url, `it has ${sizeBytes} bytes, and a list says ${about.sizeBytes}`);
  }
  return objectOf(key, sizeBytes, reply.head);
}

function sizeOf({ head: { status, headers } }: Reply): number | undefined {
  const text =
    status === 206 ? /\/(\d{1,15})$/.exec(headers.get("content-range") ?? "")?.[1] : headers.get("content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What lies in an archive has a HEAD, and no content until it is restored. */
function assertReadable(bucket: Bucket, key: string, { head: { headers } }: Reply): void {
  const storageClass = headers.get("x-amz-storage-class") ?? "";
  const isArchived = /^(GLACIER|DEEP_ARCHIVE)$/.test(storageClass) || headers.has("x-amz-archive-status");
  if (!isArchived || /ongoing-request="false"/.test(headers.get("x-amz-restore") ?? "")) return;
  throw s3Error("S3_OBJECT_ARCHIVED", {
    ...archivedText(bucket.name, key),
    facts: { bucket: bucket.name, key, storageClass },
  });
}
