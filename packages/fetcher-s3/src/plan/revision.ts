import { createHash, hash } from "node:crypto";
import type { S3Object } from "../bucket/s3-object.ts";

/**
 * The version's id where the bucket keeps versions, else the ETag, which is another one for other bytes. It becomes part of a
 * path: one that is long, or odd, is replaced by its hash.
 */
export function revisionOfObject({ etag, versionId }: S3Object): string | undefined {
  const name = versionId ?? etag?.slice(1, -1);
  if (name === undefined) return undefined;
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) ? name : hash("sha256", name).slice(0, 32);
}

/** Of what a list tells: another one when any object was added, removed or replaced. */
export function revisionOfList(objects: readonly S3Object[]): string {
  const lines = objects.map(({ key, sizeBytes, etag = "" }) => JSON.stringify([key, sizeBytes, etag]));
  return createHash("sha256").update(lines.toSorted().join("\n")).digest("hex").slice(0, 32);
}
