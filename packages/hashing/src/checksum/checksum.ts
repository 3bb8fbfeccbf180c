import { hash } from "node:crypto";
import { crcModule, crcTables, pieceBytes, tablesBytes } from "./crc-module.ts";
import type { WasmModule, WebAssemblyApi } from "./web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

/** What sources declare of a whole file beside digests: good against accidents. As S3 names and defines them. */
export type ChecksumAlgorithm = "sha1" | "crc32" | "crc32c" | "crc64nvme";

/** With the value in hex. */
export type ChecksumText = `${ChecksumAlgorithm}:${string}`;

/** What a thread needs to compute a CRC. */
export interface CrcProgram {
  readonly module: WasmModule;
  readonly tables: Uint8Array;
  /** It begins with all of them set, and all are turned over in the end. */
  readonly bits: 32 | 64;
}

/** Their polynomials, reflected: that of Ethernet, Castagnoli's, and that of NVMe. */
const polynomials: ReadonlyMap<string, readonly [bigint, 32 | 64]> = new Map([
  ["crc32", [0xed_b8_83_20n, 32]],
  ["crc32c", [0x82_f6_3b_78n, 32]],
  ["crc64nvme", [0x9a_6c_93_29_ac_4b_c9_b5n, 64]],
]);

const programs = new Map<string, CrcProgram>();

/** Nothing for what Node's crypto computes. */
export function crcProgram(algorithm: string): CrcProgram | undefined {
  const known = polynomials.get(algorithm);
  if (known === undefined) return undefined;
  const [polynomial, bits] = known;
  const program = programs.get(algorithm) ?? { module: crcModule(), tables: crcTables(polynomial), bits };
  programs.set(algorithm, program);
  return program;
}

/** Of bytes that are all here; on the spot. */
export function checksumOf(content: Uint8Array, algorithm: ChecksumAlgorithm): ChecksumText {
  const program = crcProgram(algorithm);
  if (program === undefined) return `${algorithm}:${hash("sha1", content)}`;
  const { module, tables, bits } = program;
  const { memory, update } = new WebAssembly.Instance(module).exports;
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(tables);
  const ones = (1n << BigInt(bits)) - 1n;
  let value = ones;
  for (let at = 0; at < content.length; at += pieceBytes) {
    const piece = content.subarray(at, at + pieceBytes);
    bytes.set(piece, tablesBytes);
    value = BigInt.asUintN(64, update(tablesBytes, tablesBytes + piece.length, value));
  }
  return `${algorithm}:${(value ^ ones).toString(16).padStart(bits / 4, "0")}`;
}
