import { hash } from "node:crypto";
import { join } from "node:path";
import type { DigestText } from "@llama-orch/catalog-core";

/** The folders of a cache root, as absolute paths. docs/on-disk-format.md says what a person may do in them. */
export interface CacheLayout {
  /** Content whose bytes are on the disk: `<2 hex>/<64 hex>`, by its sha256. */
  readonly blobs: string;
  /** Content that was not waited for: `<boot>/<64 hex>`. In another boot it is hashed before it is believed. */
  readonly unsynced: string;
  /** What `localPath` points to: `<id, readable>-<hash of id>/<hash of content>/…`. */
  readonly models: string;
  /** Arrivals in progress: `<hash of id>-…/`. */
  readonly ingest: string;
  /** What was found damaged, moved out of the way. */
  readonly damaged: string;
  readonly locks: string;
}

export function cacheLayout(cacheDir: string): CacheLayout {
  return {
    blobs: join(cacheDir, "blobs", "sha256"),
    unsynced: join(cacheDir, "blobs", "unsynced"),
    models: join(cacheDir, "models"),
    ingest: join(cacheDir, "ingest"),
    damaged: join(cacheDir, "damaged"),
    locks: join(cacheDir, "locks"),
  };
}

/** The same sixteen digits in the names of a model's folder, its lock and its ingests, so that a person can tell what belongs together. */
export function idHash(id: string): string {
  return hash("sha256", id).slice(0, 16);
}

/** Where content lies that is on the disk for sure. */
export function blobPath({ blobs }: CacheLayout, digest: DigestText): string {
  const hex = hexOf(digest);
  return join(blobs, hex.slice(0, 2), hex);
}

/** Where content lies that was written in a boot without waiting for the disk. */
export function unsyncedBlobPath({ unsynced }: CacheLayout, boot: string, digest: DigestText): string {
  return join(unsynced, boot, hexOf(digest));
}

function hexOf(digest: DigestText): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** Bytes that a folder's name may have; file systems allow 255, and the hash needs some of them. */
const readableBytes = 120;

/**
 * The folder of a model's versions, below `models`: `<id, readable>-<hash of id>`. The readable part is for people. The
 * hash keeps two ids apart whose readable parts are the same, also where the file system folds case.
 */
export function modelFolderName(id: string): string {
  const readable = id
    .replaceAll(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._-]+/, "")
    .slice(0, readableBytes);
  return `${readable}-${idHash(id)}`;
}

/** The folder of one version, below the model's own: new bytes have a new folder, so that nothing is overwritten. */
export function versionFolderName(digest: DigestText): string {
  return hexOf(digest).slice(0, 16);
}
