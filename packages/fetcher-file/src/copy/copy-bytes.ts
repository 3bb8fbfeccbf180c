import { type FileHandle, open } from "node:fs/promises";
import type { DigestText } from "@llama-orch/catalog-core";
import { type GrowingHash, hashGrowingFile } from "@llama-orch/hashing";
import { fileChanged } from "../file-version.ts";
import type { Arrival } from "./begin-arrival.ts";
import type { CopyWork } from "./copy-work.ts";
import { fileProgress } from "./file-progress.ts";
import { assertVersion, openSource, readFailure, whileCopied } from "./open-source.ts";

/**
 * Copies the bytes that follow those that are held, strictly in order: whenever it ends, the target is a prefix of the
 * source. All of it is hashed, from the first byte on, in a thread beside: what is held from the target, the rest from where it is
 * written from.
 */
export async function copyBytes(arrival: Arrival, work: CopyWork): Promise<readonly DigestText[]> {
  const { buffers, signal, space } = work;
  const { sizeBytes } = arrival.version;
  const writeFailure = space.failure(arrival.target);
  const report = fileProgress(arrival, work.onProgress);
  await using source = await openSource(arrival);
  await using target = await openTarget(arrival).catch(writeFailure);
  await using hash = await hashGrowingFile(arrival.target, { algorithms: work.algorithms });

  const free: (Promise<void> | undefined)[] = [];
  let position = arrival.heldBytes;
  const announce = (): void => {
    hash.advance(position);
    report(position);
  };
  if (position > 0) announce();
  for (let turn = 0; ; turn = (turn + 1) % buffers.length) {
    await free[turn];
    signal.throwIfAborted();
    const buffer = buffers[turn] ?? noBuffer;
    const { bytesRead } = await source.read({ buffer, position }).catch(readFailure(arrival.source));
    // The last read finds nothing: what is being added would show here before it shows in the size.
    if (bytesRead === 0 || position + bytesRead > sizeBytes) break;
    free[turn] = hash.offer(buffer.subarray(0, bytesRead), position);
    for (let from = 0; from < bytesRead;) {
      // A disk that is nearly full takes a part of what it is given, and says so only the next time.
      const { bytesWritten } = await target.write(buffer, from, bytesRead - from, position).catch(writeFailure);
      from += bytesWritten;
      position += bytesWritten;
      space.settle(bytesWritten);
    }
    announce();
  }
  await assertVersion(source, arrival, whileCopied);
  if (position !== sizeBytes) throw fileChanged(arrival.source, whileCopied, { sizeBefore: sizeBytes });
  return await digestsOf(hash, sizeBytes, signal);
}

const noBuffer = Buffer.alloc(0);

/** A new file has a new inode: whoever still holds that of an earlier attempt cannot write into this one. */
function openTarget({ target, heldBytes }: Arrival): Promise<FileHandle> {
  return open(target, heldBytes > 0 ? "r+" : "wx");
}

/** The hash may have a long way to go: all of what an earlier attempt left. */
async function digestsOf(hash: GrowingHash, sizeBytes: number, signal: AbortSignal): Promise<readonly DigestText[]> {
  signal.throwIfAborted();
  let stopped: PromiseLike<void> | undefined;
  const stop = (): void => void (stopped = hash[Symbol.asyncDispose]());
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await hash.finish(sizeBytes);
  } finally {
    signal.removeEventListener("abort", stop);
    await stopped;
    // What is stopped gives an error of its own, or a digest of anything.
    signal.throwIfAborted();
  }
}
