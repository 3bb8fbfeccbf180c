import type { DigestAlgorithm, FetchContext } from "@llama-orch/catalog-core";
import type { SpaceNeeded } from "./space-needed.ts";

/** What one lane copies with. */
export interface CopyWork {
  /** Used for one file at a time. */
  readonly buffers: readonly Buffer[];
  readonly algorithms: readonly DigestAlgorithm[];
  /** Aborted also when another file of the model has failed. */
  readonly signal: AbortSignal;
  readonly onProgress: FetchContext["onProgress"];
  readonly space: SpaceNeeded;
}

/**
 * Bytes read and written at once, which is what an abort waits for. Linux makes the pieces of its page cache as large as the
 * writes: those of a megabyte are cut from memory that was not used for long, which a virtual machine may first have to get
 * from its host (1.8 to 2.2 s for 1 GiB instead of 0.9). Smaller writes cost more calls than they save. Reading the next part
 * while this one is written is no faster: what takes the time is the hash beside, which then has less of the processor.
 */
const bufferBytes = 512 * 1024;

/**
 * Up to here a file is hashed on the spot, in less time than a thread beside takes to answer. It is worth no clone, and no
 * journal: to copy it again takes no longer than to look how much of it there is.
 */
export const smallBytes: number = 256 * 1024;

/** While one is read into and written, those before it are hashed: from there, and not from the file. */
const bufferCount = 4;

export function newBuffers(): readonly Buffer[] {
  return Array.from({ length: bufferCount }, () => Buffer.from(new SharedArrayBuffer(bufferBytes)));
}
