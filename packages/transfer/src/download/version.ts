import type { ResponseHead } from "../http/response-head.ts";

/** By what a source tells one version of a file from another. */
export interface Version {
  readonly sizeBytes: number;
  /** A strong one alone: a weak one may stay the same when bytes change. */
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What an answer says of the version that it is of. */
export function versionOf({ headers }: ResponseHead, sizeBytes: number): Version {
  const etag = headers.get("etag");
  const lastModified = headers.get("last-modified");
  return {
    sizeBytes,
    ...(etag !== undefined && /^"[^"]*"$/.test(etag) && { etag }),
    ...(lastModified !== undefined && lastModified !== "" && { lastModified }),
  };
}

/**
 * Whether two answers are of the same version, as far as both tell. A time counts only where there is no ETag: servers of one
 * content, and its mirrors, have several.
 */
export function isSameVersion(one: Version, other: Version): boolean {
  if (one.sizeBytes !== other.sizeBytes) return false;
  return one.etag === undefined && other.etag === undefined
    ? one.lastModified === other.lastModified
    : one.etag === other.etag;
}

/**
 * What a part is asked for with, so that it is of this version or the whole file comes (`If-Range`). Nothing where the
 * source does not tell versions apart: what it has sent cannot be gone on with.
 */
export function validatorOf({ etag, lastModified }: Version): string | undefined {
  return etag ?? lastModified;
}
