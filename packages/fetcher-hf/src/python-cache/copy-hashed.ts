import { constants } from "node:fs";
import { copyFile, open } from "node:fs/promises";
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
  if (!isShared) await copyBytes(from, to, signal);
  return (await hashFile(to, { algorithms, signal })).digests;
}

async function copyBytes(from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await using source = await open(from);
    await using target = await open(to, "wx", 0o644);
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await source.read(buffer);
      if (bytesRead === 0) return;
      // All of it, however much the disk takes at once.
      await target.writeFile(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    throw fileErrorFrom(error, to, "write");
  }
}
