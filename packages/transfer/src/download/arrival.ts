import { write } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { type DigestAlgorithm, fileErrorFrom, type IngestTarget } from "@llama-orch/catalog-core";
import { type ChecksumAlgorithm, hashGrowingFile } from "@llama-orch/hashing";
import { finishHash, type Hashes } from "./finish-hash.ts";
import { beginJournal, type Held, noteRanges } from "./journal.ts";
import { type Range, Ranges } from "./ranges.ts";
import type { Version } from "./version.ts";

/** So much may have to be fetched again after a crash, of each connection: bytes, or what came within the time. */
const noteEveryBytes = 8 * 1024 * 1024;
const noteEveryMs = 1_000;

export interface ArrivalOptions {
  readonly target: IngestTarget;
  readonly version: Version;
  readonly digest: string | undefined;
  /** Bytes may come from several mirrors. */
  readonly isMixed: boolean;
  /** What an earlier attempt has left of this version. */
  readonly held: Held | undefined;
  readonly algorithms: readonly DigestAlgorithm[];
  readonly checksums: readonly ChecksumAlgorithm[];
  readonly onReceived: (receivedBytes: number) => void;
}

/** A file on its way: what is written, noted down and hashed of it. To be disposed of, finished or not. */
export interface Arrival extends AsyncDisposable {
  readonly version: Version;
  /** What is here. */
  readonly ranges: Ranges;
  /** Bytes that an earlier attempt had left. */
  readonly heldBytes: number;
  /** Writes bytes where they belong, and says so to the hash, the journal and whoever watches. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** Those of the whole file, all of which is here; `signal.reason` untouched when aborted. */
  finish(signal: AbortSignal): Promise<Hashes>;
}

/**
 * Opens the place where a file arrives. What is gone on with is hashed from its first byte, while the rest comes.
 * @throws ModelError `FILE_NO_SPACE`, `FILE_NOT_WRITABLE`, `FILE_IO`
 */
export async function openArrival(options: ArrivalOptions): Promise<Arrival> {
  const { target, version, held, algorithms, checksums, onReceived } = options;
  const writeFailure = failureAt(target.path);
  // Removed and not emptied: a process that was stopped, and not killed, may hold it open, and would write into this one.
  if (held === undefined) await rm(target.path, { force: true }).catch(writeFailure);
  const ranges = new Ranges(held?.ranges.parts);
  const file = await open(target.path, held === undefined ? "wx" : "r+").catch(writeFailure);
  const hash = await unlessItFails(file, async () => {
    if (held === undefined) await beginJournalOf(file, options).catch(failureAt(target.journalPath));
    return hashGrowingFile(target.path, { algorithms, checksums });
  });
  const heldBytes = ranges.bytes;
  const notes = new Notes(target.journalPath);
  let receivedBytes = heldBytes;
  hash.advance(ranges.frontier);
  onReceived(receivedBytes);

  return {
    version,
    ranges,
    heldBytes,
    async write(bytes, at) {
      for (let from = 0; from < bytes.length;) {
        // A disk that is nearly full takes a part of what it is given, and says so only the next time.
        from += await writeAt(file, bytes.subarray(from), at + from).catch(writeFailure);
      }
      ranges.add({ from: at, to: at + bytes.length });
      receivedBytes += bytes.length;
      hash.advance(ranges.frontier);
      onReceived(receivedBytes);
      notes.add({ from: at, to: at + bytes.length });
    },
    async finish(signal) {
      // The hash reads whatever lies there, holes included.
      if (ranges.frontier !== version.sizeBytes) throw new TypeError("a file is finished when all of it is here");
      return finishHash(hash, version.sizeBytes, signal);
    },
    async [Symbol.asyncDispose]() {
      await hash[Symbol.asyncDispose]();
      await file.close();
      await notes.flush();
    },
  };
}

/** Leaves no file open. */
async function unlessItFails<T>(file: FileHandle, next: () => Promise<T>): Promise<T> {
  try {
    return await next();
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function beginJournalOf(file: FileHandle, { target, version, digest, isMixed }: ArrivalOptions): Promise<void> {
  const { ino } = await file.stat({ bigint: true });
  await beginJournal(target.journalPath, { version, inode: String(ino), digest, isMixed });
}

/** As `file.write`, which takes three times as long beside a write of half a megabyte. @returns how many bytes were written */
function writeAt({ fd }: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(fd, bytes, 0, bytes.length, at, (error, written) => (error === null ? resolve(written) : reject(error)));
  return promise;
}

/** Gathers what was written into lines of the journal: one for each write would be more work than it saves. */
class Notes {
  readonly #path: string;
  #ranges = new Ranges();
  #notedMs = performance.now();
  #appending: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Nobody waits for it: what could not be noted down is fetched again, and a disk that is full says so to the next write. */
  add(range: Range): void {
    this.#ranges.add(range);
    const isDue = this.#ranges.bytes >= noteEveryBytes || performance.now() - this.#notedMs >= noteEveryMs;
    if (isDue) void this.flush();
  }

  /** Resolves when all is noted down, or could not be. */
  flush(): Promise<void> {
    const ranges = this.#ranges;
    this.#ranges = new Ranges();
    this.#notedMs = performance.now();
    this.#appending = this.#appending.then(() => noteRanges(this.#path, ranges.parts)).catch(() => {});
    return this.#appending;
  }
}

export function failureAt(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "write");
  };
}
