import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { type DigestAlgorithm, type DigestText, fileErrorFrom } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";

export interface AdoptOptions {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly signal: AbortSignal;
}

const pieceBytes = 512 * 1024;

/**
 * A copy of a file, and its digests: a reflink where the file system has them, which takes no room, and is hashed as it lies;
 * else its bytes.
 * @throws ModelError `FILE_NO_SPACE` and the other `FILE_…` codes
 */
export async function copyHashed(from: string, to: string, options: AdoptOptions): Promise<readonly DigestText[]> {
  const { algorithms, signal } = options;
  const isShared = await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL).then(
    () => true,
    () => false,
  );
  if (!isShared) {
    const streams = [
      createReadStream(from, { highWaterMark: pieceBytes }),
      createWriteStream(to, { highWaterMark: pieceBytes, mode: 0o644 }),
    ] as const;
    await pipeline(...streams, { signal }).catch((error: unknown) => {
      throw fileErrorFrom(error, to, "write");
    });
  }
  return (await hashFile(to, { algorithms, signal })).digests;
}
