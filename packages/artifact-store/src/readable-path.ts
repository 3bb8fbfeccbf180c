import { hash } from "node:crypto";
import type { DigestText } from "@llama-orch/catalog-core";

/** Bytes that a folder's name may have; file systems allow 255, and the hash needs some of them. */
const readableBytes = 120;

/**
 * Where a managed artifact is shown, relative to the cache root: `models/<id, readable>-<hash of id>/<hash of content>`.
 * The readable part is for people. The hash of the id keeps two ids apart whose readable parts are the same, also
 * where the file system folds case; the hash of the content gives new bytes a new folder, so nothing is overwritten.
 */
export function readableFolder(id: string, digest: DigestText): string {
  const readable = id
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._-]+/, "")
    .slice(0, readableBytes);
  const content = digest.slice(digest.indexOf(":") + 1).slice(0, 16);
  return `models/${readable}-${hash("sha256", id).slice(0, 16)}/${content}`;
}
