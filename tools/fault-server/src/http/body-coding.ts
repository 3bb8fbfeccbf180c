import type { RequestFaults } from "../faults/fault.ts";

/** What the bytes of a body are wrapped in. */
export interface BodyCoding {
  /** The most that is coded as one piece, in bytes. */
  readonly pieceBytes: number;
  code(piece: Uint8Array): Uint8Array;
  /** What comes after the last piece. */
  readonly tail: Uint8Array;
}

/** @param sizeBytes of the body; `undefined` where there is none. */
export function codingOf(sizeBytes: number | undefined, met: RequestFaults): BodyCoding {
  const surplus = met.use("surplus")?.bytes ?? 0;
  const after = typeof surplus === "number" ? Buffer.alloc(surplus, "x") : surplus;
  const coding = sizeBytes === undefined ? plain : (chunkedCoding(sizeBytes, met) ?? plain);
  return { ...coding, tail: Buffer.concat([coding.tail, after]) };
}

const plain: BodyCoding = { pieceBytes: Infinity, code: (piece) => piece, tail: new Uint8Array() };

function chunkedCoding(sizeBytes: number, met: RequestFaults): BodyCoding | undefined {
  const malformed = met.use("chunked-malformed");
  if (malformed !== undefined) return malformedCoding(malformed.what ?? "size");
  if (met.get("chunked-truncated") !== undefined) return oneChunk(sizeBytes);
  const chunked = met.use("chunked");
  const both = met.use("length-and-chunked");
  if (chunked === undefined && both === undefined) return undefined;
  const { chunkBytes = defaultChunkBytes, extensions = "", trailers = {} } = chunked ?? {};
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    pieceBytes: chunkBytes,
    code: (piece) => chunk(`${piece.length.toString(16)}${extensions}`, piece),
    tail: Buffer.from(`0\r\n${lines.join("")}\r\n`),
  };
}

const defaultChunkBytes = 16_384;

/** All of it in one chunk, so that wherever the body is cut is within it. */
function oneChunk(sizeBytes: number): BodyCoding {
  let begun = false;
  const code = (piece: Uint8Array): Uint8Array => {
    const size = begun ? "" : `${sizeBytes.toString(16)}\r\n`;
    begun = true;
    return Buffer.concat([Buffer.from(size), piece]);
  };
  return { pieceBytes: Infinity, code, tail: Buffer.from("\r\n0\r\n\r\n") };
}

function malformedCoding(what: "size" | "huge" | "end"): BodyCoding {
  const code = {
    size: (piece: Uint8Array) => chunk("zz", piece),
    huge: (piece: Uint8Array) => chunk("f".repeat(17), piece),
    end: (piece: Uint8Array) => Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece]),
  }[what];
  return { pieceBytes: defaultChunkBytes, code, tail: Buffer.from("0\r\n\r\n") };
}

function chunk(size: string, piece: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${size}\r\n`), piece, Buffer.from("\r\n")]);
}
