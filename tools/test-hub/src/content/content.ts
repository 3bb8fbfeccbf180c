/** The bytes of a file, which need not be in memory. */
export interface Content {
  readonly sizeBytes: number;
  /**
   * Reads at once, without waiting.
   *
   * @param offset in bytes; with `length` it stays within the size.
   * @param length in bytes, at most `chunkBytes`.
   */
  read(offset: number, length: number): Uint8Array;
}

/** The most that is read in one piece; small enough that no other connection notices the wait. */
export const chunkBytes: number = 256 * 1024;

export function bytesContent(bytes: Uint8Array): Content {
  return {
    sizeBytes: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** All of it, piece by piece. */
export function* chunksOf(content: Content): Generator<Uint8Array> {
  for (let offset = 0; offset < content.sizeBytes; offset += chunkBytes) {
    yield content.read(offset, Math.min(chunkBytes, content.sizeBytes - offset));
  }
}

/** The same, but for one byte: of the same size and of another digest. Where there is no such byte, just the same. */
export function corruptContent(content: Content, atByte: number): Content {
  return {
    sizeBytes: content.sizeBytes,
    read(offset, length) {
      const bytes = content.read(offset, length);
      const index = atByte - offset;
      const hit = bytes[index];
      if (hit === undefined) return bytes;
      const damaged = Uint8Array.from(bytes);
      damaged[index] = hit ^ 0xff;
      return damaged;
    },
  };
}
