import type { DigestText } from "@llama-orch/catalog-core";

/** A file of a repository at one commit. */
export interface HubFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the content, for files of large storage. */
  readonly sha256?: string;
  /** The sha1 by which git names the content (or, for files of large storage, what points to it). */
  readonly blobId?: string;
}

/** Files of a repository, all of one commit. */
export interface HubSnapshot {
  readonly commit: string;
  readonly files: readonly HubFile[];
}

export function digestOf({ sha256 }: HubFile): DigestText | undefined {
  return sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? `sha256:${sha256}` : undefined;
}
