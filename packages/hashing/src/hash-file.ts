import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import {
  type DigestAlgorithm,
  type DigestText,
  fileError,
  fileErrorFrom,
  type FileStat,
  isModelError,
} from "@llama-orch/catalog-core";
import { isSettled } from "./settled.ts";

export interface HashFileOptions {
  /** @default ["sha256"] */
  readonly algorithms?: readonly DigestAlgorithm[];
  readonly signal?: AbortSignal;
  /** Called after each chunk (1 MiB at most) with the bytes hashed so far. */
  readonly onProgress?: (hashedBytes: number) => void;
}

/** What a file is, as of one reading from its first byte to its last. */
export interface FileHash {
  readonly sizeBytes: number;
  /** One for each algorithm asked for, in that order. */
  readonly digests: readonly DigestText[];
  /** The stat that stands for these bytes; absent when the file is so young that a later change might not show in it. */
  readonly stat?: FileStat;
}

/** Bytes per read: large enough that the hash is the bottleneck, small enough to keep the event loop free (under 1 ms). */
const chunkBytes = 1024 * 1024;

/**
 * The digests of a regular file, read once, in constant memory.
 *
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`;
 *   `FILE_CHANGED` when it was written, truncated or replaced meanwhile. `signal.reason` untouched when aborted.
 */
export async function hashFile(path: string, options: HashFileOptions = {}): Promise<FileHash> {
  options.signal?.throwIfAborted();
  try {
    await using file = await openWithoutBlocking(path);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw notRegular(path);
    const startedMs = Date.now();
    const hashes = (options.algorithms ?? ["sha256"]).map((name) => ({ name, hash: createHash(name) }));
    await readThrough(file, before.size, hashes, options);
    await assertUnchanged(path, file, before);
    return {
      sizeBytes: Number(before.size),
      digests: hashes.map(({ name, hash }): DigestText => `${name}:${hash.digest("hex")}`),
      ...(isSettled(before.mtimeNs, startedMs) && { stat: fileStat(before) }),
    };
  } catch (error) {
    if (isModelError(error) || options.signal?.aborted) throw error;
    throw fileErrorFrom(error, path, "read");
  }
}

/** O_NONBLOCK: opening a FIFO that nobody writes to would otherwise wait forever. It means nothing for regular files. */
async function openWithoutBlocking(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

async function readThrough(
  file: FileHandle,
  expectedBytes: bigint,
  hashes: readonly { readonly hash: Hash }[],
  { signal, onProgress }: HashFileOptions,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(Number(expectedBytes < chunkBytes ? expectedBytes + 1n : BigInt(chunkBytes)));
  let hashedBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, hashedBytes);
    // A file that is still being appended to could be read for ever; that it grew is enough to know.
    if (bytesRead === 0 || BigInt(hashedBytes) > expectedBytes) return;
    const chunk = buffer.subarray(0, bytesRead);
    for (const { hash } of hashes) hash.update(chunk);
    hashedBytes += bytesRead;
    onProgress?.(hashedBytes);
  }
}

/**
 * Two looks: through the descriptor, for writes into the file that was read; through the path, for another file
 * that was put in its place meanwhile (then the bytes read are no longer the ones an engine would open).
 */
async function assertUnchanged(path: string, file: FileHandle, before: BigIntStats): Promise<void> {
  const [handle, named] = await Promise.all([file.stat({ bigint: true }), stat(path, { bigint: true })]);
  for (const after of [handle, named]) {
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs || after.ino !== before.ino) {
      throw fileError("FILE_CHANGED", {
        message: `${path} changed while it was read.`,
        hint: "Wait until whatever writes it has finished, then try again.",
        facts: { path, sizeBefore: Number(before.size), sizeAfter: Number(after.size) },
      });
    }
  }
}

export function fileStat(stats: BigIntStats): FileStat {
  return { mtimeNs: String(stats.mtimeNs), inode: String(stats.ino) };
}

function notRegular(path: string): Error {
  return fileError("FILE_NOT_REGULAR", {
    message: `${path} is not a regular file.`,
    hint: "Name a file; FIFOs, sockets, devices and folders cannot be hashed.",
    facts: { path },
  });
}
