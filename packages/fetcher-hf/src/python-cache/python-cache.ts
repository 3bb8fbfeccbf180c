import { lstat, realpath, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DigestText, isModelError, type IngestTarget } from "@llama-orch/catalog-core";
import { gitBlobSha1 } from "../fetch/git-blob.ts";
import type { HubFile } from "../hub/hub-file.ts";
import { type AdoptOptions, copyHashed } from "./copy-hashed.ts";

/** What the Python library has of one repository: `models--org--repo/blobs/<etag>`. It is read, and never written. */
export class PythonCache {
  readonly #blobs: string;

  /** @param folder of the whole cache: see `pythonCacheFolder`. */
  constructor(folder: string, repository: string) {
    this.#blobs = join(folder, `models--${repository.replaceAll("/", "--")}`, "blobs");
  }

  /**
   * Takes a file over where the cache has it, and it is what it should be: its blocks are shared where the file system can,
   * else they are copied. (Not by a hard link: whoever changed one of the two would change the other.)
   * @returns its digests; nothing when it has to be fetched
   * @throws ModelError `FILE_NO_SPACE`; `signal.reason` untouched when aborted
   */
  async adopt(file: HubFile, target: IngestTarget, options: AdoptOptions): Promise<readonly DigestText[] | undefined> {
    const blob = await this.#find(file);
    if (blob === undefined) return undefined;
    try {
      await rm(target.journalPath, { force: true });
      await rm(target.path, { force: true });
      const digests = await copyHashed(blob, target.path, options);
      if (await isDeclared(file, target.path, digests, options.signal)) return digests;
    } catch (error) {
      options.signal.throwIfAborted();
      if (isModelError(error, "FILE_NO_SPACE")) throw error;
      // Whatever else is wrong with that cache: the Hub has the file.
    }
    await rm(target.path, { force: true });
    return undefined;
  }

  /** The name of a blob is its sha256, or git's sha1 for what is not of large storage. A link may lead to a store that several caches share. */
  async #find({ sha256, blobId, sizeBytes }: HubFile): Promise<string | undefined> {
    const name = sha256 ?? blobId;
    if (name === undefined) return undefined;
    const path = join(this.#blobs, name);
    try {
      const real = await realpath(path);
      const stats = await stat(real);
      return stats.isFile() && stats.size === sizeBytes ? real : undefined;
    } catch {
      return undefined;
    }
  }
}

async function isDeclared(
  { sha256, blobId, sizeBytes }: HubFile,
  path: string,
  digests: readonly DigestText[],
  signal: AbortSignal,
): Promise<boolean> {
  const { size } = await lstat(path);
  if (size !== sizeBytes) return false;
  return sha256 === undefined
    ? (await gitBlobSha1(path, sizeBytes, signal)) === blobId
    : digests.includes(`sha256:${sha256}`);
}
