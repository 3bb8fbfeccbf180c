import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm } from "../bucket/s3-object.ts";

const pieceBytes = 1024 * 1024;

export interface ChecksumOptions {
  readonly algorithm: Exclude<ChecksumAlgorithm, "sha256">;
  /** Of the file. */
  readonly sizeBytes: number;
  readonly signal: AbortSignal;
}

/**
 * A checksum of a file that lies here, in base64 as S3 writes it. Read from the page cache, where it has just been written
 * to; while one piece is computed, the next one is read.
 */
export async function checksumOfFile(path: string, { algorithm, sizeBytes, signal }: ChecksumOptions): Promise<string> {
  const hash = await makers[algorithm]();
  await using file = await open(path);
  // Of a small file in one piece, without room for more.
  const length = Math.min(pieceBytes, sizeBytes + 1);
  const buffers = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)] as const;
  let reading = read(file, buffers[0]);
  for (let turn = 1; ; turn += 1) {
    const piece = await reading;
    signal.throwIfAborted();
    if (piece.length === 0) return hash.digest().toString("base64");
    reading = read(file, buffers[turn % 2 === 0 ? 0 : 1]);
    hash.update(piece);
  }
}

async function read(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(buffer);
  return buffer.subarray(0, bytesRead);
}

interface Running {
  update(piece: Uint8Array): unknown;
  digest(): Buffer;
}

const makers: Readonly<Record<Exclude<ChecksumAlgorithm, "sha256">, () => Promise<Running> | Running>> = {
  sha1: () => createHash("sha1"),
  crc32: zlibCrc32,
  // The polynomials are reflected: 0x1EDC6F41 (Castagnoli), and that of NVMe, 0xAD93D23594C93659.
  crc32c: async () => ofWasm(await (await import("hash-wasm")).createCRC32(0x82_f6_3b_78)),
  crc64nvme: async () => ofWasm(await (await import("hash-wasm")).createCRC64("9a6c9329ac4bc9b5")),
};

function zlibCrc32(): Running {
  let value = 0;
  return {
    update: (piece) => (value = crc32(piece, value)),
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}

interface WasmHash {
  init(): WasmHash;
  update(piece: Uint8Array): unknown;
  digest(type: "binary"): Uint8Array;
}

function ofWasm(made: WasmHash): Running {
  const hash = made.init();
  return { update: (piece) => hash.update(piece), digest: () => Buffer.from(hash.digest("binary")) };
}
