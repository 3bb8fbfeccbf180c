import { hash } from "node:crypto";
import { type CrcProgram, crcProgramOf, pieceBytes } from "./crc-module.ts";
import { type CrcAlgorithm, crcPolynomials } from "./crc-polynomials.ts";
import type { WebAssemblyApi } from "./web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

/** What sources declare of a whole file beside digests: good against accidents. As S3 names and defines them. */
export type ChecksumAlgorithm = "sha1" | CrcAlgorithm;

/** With the value in hex. */
export type ChecksumText = `${ChecksumAlgorithm}:${string}`;

const programs = new Map<string, CrcProgram>();

/** Nothing for what Node's crypto computes. */
export function crcProgram(algorithm: string): CrcProgram | undefined {
  if (!isCrc(algorithm)) return undefined;
  const program = programs.get(algorithm) ?? crcProgramOf(crcPolynomials[algorithm]);
  programs.set(algorithm, program);
  return program;
}

function isCrc(algorithm: string): algorithm is CrcAlgorithm {
  return Object.hasOwn(crcPolynomials, algorithm);
}

/** Of bytes that are all here; on the spot. */
export function checksumOf(content: Uint8Array, algorithm: ChecksumAlgorithm): ChecksumText {
  const program = crcProgram(algorithm);
  if (program === undefined) return `${algorithm}:${hash("sha1", content)}`;
  const { module, tables, begin, bits } = program;
  const { memory, update } = new WebAssembly.Instance(module).exports;
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(tables);
  const ones = (1n << BigInt(bits)) - 1n;
  let value = ones;
  for (let at = 0; at < content.length; at += pieceBytes) {
    const piece = content.subarray(at, at + pieceBytes);
    bytes.set(piece, begin);
    value = BigInt.asUintN(64, update(begin, begin + piece.length, value));
  }
  return `${algorithm}:${(value ^ ones).toString(16).padStart(bits / 4, "0")}`;
}
