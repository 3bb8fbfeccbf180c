/** Bytes that need not be in memory. */
export interface Content {
  readonly sizeBytes: number;
  /**
   * Reads at once, without waiting.
   *
   * @param offset in bytes; with `length` it stays within the size.
   * @param length in bytes, at most `pieceBytes`.
   */
  read(offset: number, length: number): Uint8Array;
}

/** The most that is read in one piece; small enough that no other connection notices the wait. */
export const pieceBytes: number = 64 * 1024;

export function bytesContent(bytes: Uint8Array): Content {
  return { sizeBytes: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

export function textContent(text: string): Content {
  return bytesContent(Buffer.from(text));
}

/** From `start` to before `end`. */
export function partOf(content: Content, start: number, end: number): Content {
  return { sizeBytes: end - start, read: (offset, length) => content.read(start + offset, length) };
}

/** One after the other. */
export function joined(contents: readonly Content[]): Content {
  return {
    sizeBytes: contents.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    read(offset, length) {
      const pieces: Uint8Array[] = [];
      let start = 0;
      for (const content of contents) {
        const from = Math.max(offset, start);
        const to = Math.min(offset + length, start + content.sizeBytes);
        if (from < to) pieces.push(content.read(from - start, to - from));
        start += content.sizeBytes;
      }
      return Buffer.concat(pieces);
    },
  };
}

/** The same, but for one byte. Where there is no such byte, just the same. */
export function corrupted(content: Content, atByte: number): Content {
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

/** All of it, piece by piece. */
export function* piecesOf(content: Content): Generator<Uint8Array> {
  for (let offset = 0; offset < content.sizeBytes; offset += pieceBytes) {
    yield content.read(offset, Math.min(pieceBytes, content.sizeBytes - offset));
  }
}
