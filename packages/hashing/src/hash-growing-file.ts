import type { FileHandle } from "node:fs/promises";
import { type DigestAlgorithm, type DigestText, fileError } from "@llama-orch/catalog-core";
import { openRegular } from "./open-regular.ts";
import type { ChecksumAlgorithm, ChecksumText } from "./checksum/checksum.ts";
import type { HashAlgorithm } from "./hash-worker.ts";
import { RunningHash } from "./running-hash.ts";

/** Bytes: to hand over less costs more than to read it from the file, together with what follows it. */
const worthTaking = 64 * 1024;

export interface HashGrowingFileOptions {
  /** @default ["sha256"] */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** What is to be computed in the same pass, to be compared with what a source declares. @default none */
  readonly checksums?: readonly ChecksumAlgorithm[];
}

/** The digest of a file that somebody is writing, computed behind the writer. */
export interface GrowingHash extends AsyncDisposable {
  /**
   * Says that the file's first `frontierBytes` bytes are written, without a hole: they are read and hashed in the
   * background. What was announced must not be written again.
   */
  advance(frontierBytes: number): void;
  /**
   * Offers bytes that are being written at an offset, in memory that threads share (a `SharedArrayBuffer`). Where the hash has come
   * so far, and no other file waits for the same thread, it takes them from there, and need not read them from the file: then they
   * count as announced.
   * @returns resolved when they may be changed, and never rejected: `finish` says what went wrong. Nothing when they are not taken.
   */
  offer(bytes: Uint8Array, offset: number): Promise<void> | undefined;
  /**
   * Says that the file is complete, and gives its digests, in the order of the algorithms: within milliseconds of the
   * last byte, when the announcements came as the bytes did.
   * @throws ModelError `FILE_CHANGED` when the file is shorter than was announced; `FILE_IO`. TypeError when it is disposed of meanwhile
   */
  finish(totalBytes: number): Promise<readonly DigestText[]>;
  /** Those that were asked for, in their order; none before it is finished. */
  readonly checksums: readonly ChecksumText[];
}

/**
 * Begins to hash a file that grows. It must be disposed of, finished or not.
 * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`
 */
export async function hashGrowingFile(path: string, options: HashGrowingFileOptions = {}): Promise<GrowingHash> {
  const { algorithms = ["sha256"], checksums = [] } = options;
  const { file } = await openRegular(path);
  const hash = await beginHash(path, file, [...algorithms, ...checksums]);
  let finished: readonly ChecksumText[] = [];
  let frontier = 0;
  let isEnded = false;
  let catchingUp: Promise<void> = Promise.resolve();
  let isCatchingUp = false;
  let taken: Promise<void> = Promise.resolve();
  let digesting: Promise<unknown> = Promise.resolve();

  /** One pass at a time; announcements that come during it are met by its own loop. */
  async function catchUp(): Promise<void> {
    isCatchingUp = true;
    try {
      // The file may be shorter than was announced; `finish` says so.
      while (hash.askedBytes < frontier && !isEnded) if (!(await hash.update(frontier, () => !isEnded))) return;
    } finally {
      isCatchingUp = false;
    }
  }

  function advance(frontierBytes: number): void {
    frontier = Math.max(frontier, frontierBytes);
    if (isCatchingUp) return;
    catchingUp = catchUp();
    // Seen by whoever finishes or disposes.
    catchingUp.catch(() => {});
  }

  function offer(bytes: Uint8Array, offset: number): Promise<void> | undefined {
    const isReadable = bytes.buffer instanceof SharedArrayBuffer;
    if (!isReadable || bytes.length < worthTaking || offset !== hash.askedBytes || isEnded) return undefined;
    // From the file it takes more at once.
    if (hash.isShared) return undefined;
    // It fails for good: `finish` has the same error.
    const one = hash.updateWith(bytes).catch(() => {});
    // All of them: what is withdrawn is left alone before what is under way.
    taken = Promise.all([taken, one]).then(() => {});
    return one;
  }

  return {
    advance,
    offer,
    async finish(totalBytes) {
      advance(totalBytes);
      await catchingUp;
      await taken;
      if (isEnded) throw new TypeError("a hash that was disposed of has no digest");
      // Nothing is left to be asked for, but what has failed is thrown.
      await hash.update(totalBytes, () => true);
      if (hash.hashedBytes !== totalBytes) throw shorter(path, hash.hashedBytes, totalBytes);
      const asked = hash.digest();
      digesting = asked;
      const hexes = await asked;
      finished = checksums.map((name, index): ChecksumText => `${name}:${hexes[algorithms.length + index] ?? ""}`);
      return algorithms.map((name, index): DigestText => `${name}:${hexes[index] ?? ""}`);
    },
    get checksums() {
      return finished;
    },
    async [Symbol.asyncDispose]() {
      if (isEnded) return;
      isEnded = true;
      hash.withdraw();
      await catchingUp.catch(() => {});
      await taken;
      await digesting.catch(() => {});
      hash.end();
      await file.close();
    },
  };
}

async function beginHash(path: string, file: FileHandle, algorithms: readonly HashAlgorithm[]): Promise<RunningHash> {
  try {
    return new RunningHash({ path, fd: file.fd }, algorithms);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function shorter(path: string, endedAt: number, announced: number): Error {
  return fileError("FILE_CHANGED", {
    message: `${path} ends after ${endedAt} bytes, and ${announced} were announced.`,
    hint: "Something else writes this file; try again.",
    facts: { path, sizeBefore: announced, sizeAfter: endedAt },
  });
}
