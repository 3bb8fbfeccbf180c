import { isModelError, systemCode } from "@llama-orch/catalog-core";

/**
 * What `link` says where two names of one file cannot be had: another user's file, another file system, a file system
 * without links, a file with as many names as it can have, a folder of blobs that may not be written. What cannot be
 * linked can often not be renamed, removed or stamped either, and for the same reasons.
 */
const refusals: ReadonlySet<string> = new Set([
  "EPERM",
  "EACCES",
  "EROFS",
  "EXDEV",
  "EMLINK",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EINVAL",
  "ENOTDIR",
]);

export function isLinkRefused(error: unknown): boolean {
  // `makeFolder` says so of a file where a folder of blobs should be.
  return refusals.has(systemCode(error) ?? "") || isModelError(error, "CATALOG_DIR_INVALID");
}
