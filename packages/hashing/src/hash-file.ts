import { hash } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { type FileHandle, stat } from "node:fs/promises";
import { type DigestAlgorithm, type DigestText, fileError, type FileStat } from "@llama-orch/catalog-core";
import { openRegular, readFailure } from "./open-regular.ts";
import { RunningHash } from "./running-hash.ts";
import { isSettled } from "./settled.ts";

export interface HashFileOptions {
  /** @default ["sha256"] */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** An abort waits for 8 MiB at most, which are being read. */
  readonly signal?: AbortSignal;
  /** Called every 8 MiB and at the end, with the bytes hashed so far. What it throws ends the hash, and is thrown. */
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
  options.signal?.throwIfAborted();
  const startedMs = Date.now();
  const { stats, ...opened } = await openRegular(path);
  await using file = opened.file;
  options.signal?.throwIfAborted();
  const source = { path, file, sizeBytes: Number(stats.size) };
  const digests = await (source.sizeBytes <= smallBytes ? hashSmall : hashBeside)(source, options);
  await assertEndsThere(source);
  await assertUnchanged(source, stats);
  return {
    sizeBytes: source.sizeBytes,
    digests,
    ...(isSettled(stats.mtimeNs, startedMs) && { stat: fileStat(stats) }),
  };
}

interface Source {
  readonly path: string;
  readonly file: FileHandle;
  readonly sizeBytes: number;
}

/** How a file's bytes are hashed: all of them. The digests of a file that changes meanwhile may be of anything. */
type HashBytes = (source: Source, options: HashFileOptions) => Promise<readonly DigestText[]>;

const hashSmall: HashBytes = async (source, { algorithms = ["sha256"], signal, onProgress }) => {
  const content = await readAll(source);
  signal?.throwIfAborted();
  assertAllOfIt(source, content.length);
  onProgress?.(content.length);
  return algorithms.map((algorithm): DigestText => `${algorithm}:${hash(algorithm, content)}`);
};

/** One read may bring less than it was asked for, as network and user-space file systems do. */
async function readAll({ path, file, sizeBytes }: Source): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(sizeBytes);
  let length = 0;
  while (length < sizeBytes) {
    const { bytesRead } = await file.read({ buffer, offset: length, position: length }).catch(readFailure(path));
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

const hashBeside: HashBytes = async (source, { algorithms = ["sha256"], signal, onProgress }) => {
  const { path, file, sizeBytes } = source;
  const running = new RunningHash({ path, fd: file.fd }, algorithms);
  const withdraw = (): void => running.withdraw();
  signal?.addEventListener("abort", withdraw, { once: true });
  try {
    await running.update(sizeBytes, (hashedBytes) => {
      if (signal?.aborted !== true) onProgress?.(hashedBytes);
      return signal?.aborted !== true;
    });
    signal?.throwIfAborted();
    assertAllOfIt(source, running.hashedBytes);
    return (await running.digest()).map((hex, index): DigestText => `${algorithms[index] ?? "sha256"}:${hex}`);
  } finally {
    signal?.removeEventListener("abort", withdraw);
    running.end();
  }
};

/** A file can be short for a moment, and look the same before and after. */
function assertAllOfIt({ path, sizeBytes }: Source, hashedBytes: number): void {
  if (hashedBytes !== sizeBytes) throw changed(path, sizeBytes, hashedBytes);
}

/** What the kernel makes up on reading (below /proc, say) has a size of 0, or of a page, and any number of bytes. */
async function assertEndsThere({ path, file, sizeBytes }: Source): Promise<void> {
  const probe = { buffer: Buffer.allocUnsafe(1), position: sizeBytes };
  const { bytesRead } = await file.read(probe).catch(readFailure(path));
  if (bytesRead === 0) return;
  throw fileError("FILE_CHANGED", {
    message: `${path} holds more bytes than its size says (${sizeBytes}).`,
    hint: "It is being written, or it is no file on a disk (as those below /proc): copy it to one, and name that.",
    facts: { path, sizeBefore: sizeBytes },
  });
}

/**
 * Two looks: through the descriptor, for writes into the file that was read; through the path, for another file
 * that was put in its place meanwhile (then the bytes read are no longer the ones an engine would open).
 */
async function assertUnchanged({ path, file }: Source, before: BigIntStats): Promise<void> {
  const looks = [file.stat({ bigint: true }), stat(path, { bigint: true })];
  for (const after of await Promise.all(looks).catch(readFailure(path))) {
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs || after.ino !== before.ino) {
      throw changed(path, Number(before.size), Number(after.size));
    }
  }
}

function changed(path: string, sizeBefore: number, sizeAfter: number): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} changed while it was read.`,
    hint: "Wait until whatever writes it has finished, then try again.",
    facts: { path, sizeBefore, sizeAfter },
  });
}

export function fileStat(stats: BigIntStats): FileStat {
  return { mtimeNs: String(stats.mtimeNs), inode: String(stats.ino) };
}
