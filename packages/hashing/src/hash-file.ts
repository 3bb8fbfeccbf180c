import { hash } from "node:crypto";
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
import { RunningHash } from "./running-hash.ts";
import { isSettled } from "./settled.ts";

export interface HashFileOptions {
  /** @default ["sha256"] */
  readonly algorithms?: readonly DigestAlgorithm[];
  readonly signal?: AbortSignal;
  /** Called every 8 MiB and at the end, with the bytes hashed so far. */
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

/** Up to here a file is read at once and hashed on the spot, in less time than a worker takes to answer. */
const smallBytes = 256 * 1024;

/**
 * The digests of a regular file, read once, in constant memory, beside the main thread. Files that are hashed at the
 * same time share a few workers.
 *
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`;
 *   `FILE_CHANGED` when it was written, truncated or replaced meanwhile. `signal.reason` untouched when aborted.
 */
export async function hashFile(path: string, options: HashFileOptions = {}): Promise<FileHash> {
  const { signal } = options;
  signal?.throwIfAborted();
  try {
    await using file = await openWithoutBlocking(path);
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) throw notRegular(path);
    const startedMs = Date.now();
    const sizeBytes = Number(before.size);
    const digests = await (sizeBytes <= smallBytes ? hashSmall : hashBeside)(file, sizeBytes, options);
    await assertUnchanged(path, file, before);
    return {
      sizeBytes,
      digests,
      ...(isSettled(before.mtimeNs, startedMs) && { stat: fileStat(before) }),
    };
  } catch (error) {
    if (isModelError(error) || signal?.aborted) throw error;
    throw fileErrorFrom(error, path, "read");
  }
}

/** O_NONBLOCK: opening a FIFO that nobody writes to would otherwise wait forever. It means nothing for regular files. */
async function openWithoutBlocking(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

/** How a file's bytes are hashed. The digests of a file that changes meanwhile may be of anything. */
type HashBytes = (file: FileHandle, sizeBytes: number, options: HashFileOptions) => Promise<readonly DigestText[]>;

const hashSmall: HashBytes = async (file, sizeBytes, { algorithms = ["sha256"], signal, onProgress }) => {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(sizeBytes), 0, sizeBytes, 0);
  signal?.throwIfAborted();
  onProgress?.(bytesRead);
  return algorithms.map((algorithm): DigestText => `${algorithm}:${hash(algorithm, buffer.subarray(0, bytesRead))}`);
};

const hashBeside: HashBytes = async ({ fd }, sizeBytes, { algorithms = ["sha256"], signal, onProgress }) => {
  const running = new RunningHash(fd, algorithms);
  try {
    await running.update(sizeBytes, (hashedBytes) => {
      onProgress?.(hashedBytes);
      return signal?.aborted !== true;
    });
    signal?.throwIfAborted();
    return await running.digest();
  } finally {
    await running.end();
  }
};

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
