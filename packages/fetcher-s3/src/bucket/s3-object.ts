import type { DigestText } from "@llama-orch/catalog-core";
import type { ResponseHead } from "@llama-orch/transfer";

/** The algorithms of S3's checksums, the one to rely on first. */
export const checksumAlgorithms = ["sha256", "sha1", "crc64nvme", "crc32c", "crc32"] as const;

export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Of the whole object, as S3 keeps it. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly base64: string;
}

/** One version of an object. */
export interface S3Object {
  readonly key: string;
  readonly sizeBytes: number;
  /** A strong one, in its quotes; by which a version is told from all others. Never the MD5 of anything. */
  readonly etag?: string;
  /** That it can be asked for by; absent where the bucket keeps no versions, which S3 calls `null`. */
  readonly versionId?: string;
  readonly lastModified?: string;
  readonly checksum?: Checksum;
}

/** What an answer says of its object. */
export function objectOf(key: string, sizeBytes: number, { headers }: ResponseHead): S3Object {
  const etag = strongEtag(headers.get("etag"));
  const versionId = headers.get("x-amz-version-id");
  const lastModified = headers.get("last-modified");
  const checksum = checksumOf(headers);
  return {
    key,
    sizeBytes,
    ...(etag !== undefined && { etag }),
    ...(versionId !== undefined && !["", "null"].includes(versionId) && { versionId }),
    ...(lastModified !== undefined && { lastModified }),
    ...(checksum !== undefined && { checksum }),
  };
}

/** As a model's digest is written, where S3 keeps one of the whole. */
export function digestOf({ checksum }: S3Object): DigestText | undefined {
  if (checksum?.algorithm !== "sha256") return undefined;
  return `sha256:${Buffer.from(checksum.base64, "base64").toString("hex")}`;
}

/** Some list them without their quotes. */
export function strongEtag(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith("W/")) return undefined;
  const quoted = text.startsWith('"') ? text : `"${text}"`;
  return /^"[\x21\x23-\x7e]+"$/.test(quoted) ? quoted : undefined;
}

/** In bytes: a checksum of another length is none, and `…-7` is one of the checksums of seven parts. */
const lengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  sha256: 32,
  sha1: 20,
  crc64nvme: 8,
  crc32c: 4,
  crc32: 4,
};

/** Of the whole object alone; servers that name no type add the number of parts to those that are not. */
function checksumOf(headers: ResponseHead["headers"]): Checksum | undefined {
  const type = headers.get("x-amz-checksum-type")?.toUpperCase() ?? "FULL_OBJECT";
  if (type !== "FULL_OBJECT") return undefined;
  for (const algorithm of checksumAlgorithms) {
    const base64 = headers.get(`x-amz-checksum-${algorithm}`) ?? "";
    const isWhole = /^[A-Za-z0-9+/]+=*$/.test(base64) && Buffer.from(base64, "base64").length === lengths[algorithm];
    if (isWhole) return { algorithm, base64 };
  }
  return undefined;
}
