import { createCipheriv, hash } from "node:crypto";
import { chunkBytes, type Content } from "./content.ts";

/** Bytes that look random, and are the same at every run. They are made while they are read. */
export interface GeneratedSpec {
  readonly sizeBytes: number;
  readonly seed: number | string;
}

/**
 * The key stream of AES-128 in counter mode, whose key is the seed: any offset is as near as any other, and a core makes
 * some gigabytes of it per second.
 *
 * The same specification gives the same object, so that its digest is computed once per process.
 */
export function generatedContent({ sizeBytes, seed }: GeneratedSpec): Content {
  const name = `${sizeBytes}:${typeof seed}:${seed}`;
  const known = contents.get(name);
  if (known !== undefined) return known;
  const key = hash("sha256", `test-hub:${seed}`, "buffer").subarray(0, blockBytes);
  const content = { sizeBytes, read: (offset: number, length: number) => keyStream(key, offset, length) };
  contents.set(name, content);
  return content;
}

const contents = new Map<string, Content>();
const blockBytes = 16;
const zeros = Buffer.alloc(chunkBytes + blockBytes);

function keyStream(key: Uint8Array, offset: number, length: number): Uint8Array {
  const skip = offset % blockBytes;
  const counter = Buffer.alloc(blockBytes);
  counter.writeBigUInt64BE(BigInt((offset - skip) / blockBytes), 8);
  return createCipheriv("aes-128-ctr", key, counter)
    .update(zeros.subarray(0, skip + length))
    .subarray(skip);
}
