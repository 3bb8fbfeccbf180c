import {
  addI32,
  andI32,
  andI64,
  atLeastI32,
  block,
  branch,
  branchIf,
  type Code,
  constI32,
  constI64,
  copyBytes,
  get,
  lessI32,
  loadByteI64,
  loadI64,
  loadV128,
  loop,
  moduleOf,
  set,
  shiftLeftI64,
  shiftRightI64,
  storeI64,
  storeV128,
  subI32,
  wrapI64,
  xorI64,
  xorV128,
} from "./wasm-code.ts";
import type { CrcPolynomial } from "./crc-polynomials.ts";
import type { WasmModule, WebAssemblyApi } from "./web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

/** Of a table: 256 entries of 8 bytes. */
const tableBytes = 2048;
/** Bytes that one turn of a loop takes; of the loop that looks up, with a table for each. */
const stride = 16;
const tablesBytes = stride * tableBytes;

/** Bytes that are computed at once, at most. */
export const pieceBytes: number = 1024 * 1024;

/** Of i32 and i64, in the order of `moduleOf`. */
const [from, to, value, low, high, behind, target, until] = [0, 1, 2, 3, 4, 5, 6, 7];

/** What table `index` has for the byte of a local that begins at a bit. */
function lookUp(local: number, bit: number, index: number): Code {
  // The entry's address: the byte times eight.
  const shifted = bit < 3 ? [constI64(3 - bit), shiftLeftI64] : [constI64(bit - 3), shiftRightI64];
  return [get(local), ...shifted, constI64(0x7f8), andI64, wrapI64, loadI64(index * tableBytes)].flat();
}

/** Those of eight bytes, the first of which is so many bytes before the end of the stride. */
function lookUps(local: number, last: number): readonly Code[] {
  return Array.from({ length: 8 }, (_none, byte) => lookUp(local, byte * 8, last - byte));
}

function xorOf([first = [], ...others]: readonly Code[]): Code {
  return [...first, ...others.flatMap((code) => [...code, ...xorI64])];
}

const sixteenBytes: Code = block(
  loop(
    [...get(to), ...get(from), ...subI32, ...constI32(stride), ...lessI32, ...branchIf(1)],
    [...get(from), ...loadI64(0), ...get(value), ...xorI64, ...set(low)],
    [...get(from), ...loadI64(8), ...set(high)],
    [...xorOf([...lookUps(low, 15), ...lookUps(high, 7)]), ...set(value)],
    [...get(from), ...constI32(stride), ...addI32, ...set(from), ...branch(0)],
  ),
);

const oneByte: Code = block(
  loop(
    [...get(from), ...get(to), ...atLeastI32, ...branchIf(1)],
    [...get(value), ...get(from), ...loadByteI64(0), ...xorI64, ...set(low)],
    [...lookUp(low, 0, 0), ...get(value), ...constI64(8), ...shiftRightI64, ...xorI64, ...set(value)],
    [...get(from), ...constI32(1), ...addI32, ...set(from), ...branch(0)],
  ),
);

/**
 * Adds to each block of 16 bytes those at some distances before it, from `behind + reach` on, `reach` being the largest of the
 * distances, until `behind` is there. The sums go to `target`.
 */
function addEarlier(distances: readonly number[], reach: number): Code {
  const earlier = distances.map((distance) => [...get(behind), ...loadV128(reach - distance), ...xorV128]);
  return block(
    loop(
      [...get(behind), ...get(until), ...atLeastI32, ...branchIf(1)],
      [...get(target), ...get(behind), ...loadV128(reach), ...earlier.flat(), ...storeV128(0)],
      [...get(behind), ...constI32(stride), ...addI32, ...set(behind)],
      [...get(target), ...constI32(stride), ...addI32, ...set(target), ...branch(0)],
    ),
  );
}

/**
 * Leaves of many bytes as many as the multiple reaches, which have the same remainder: the last ones, with others added to them.
 * What it says of a block is that its power is the sum of some lower ones, which are later blocks: it is added to those, and is done.
 */
function fold(distances: readonly number[], reach: number): Code {
  return block(
    [...get(to), ...get(from), ...subI32, ...constI32(2 * reach), ...lessI32, ...branchIf(0)],
    [...get(from), ...get(from), ...loadI64(0), ...get(value), ...xorI64, ...storeI64(0)],
    [...constI64(0), ...set(value)],
    // Each in its place, and all blocks of the piece.
    [...get(from), ...constI32(reach), ...subI32, ...set(behind), ...get(from), ...set(target)],
    [...get(to), ...get(from), ...subI32, ...constI32(-stride), ...andI32, ...get(behind), ...addI32, ...set(until)],
    addEarlier(distances, reach),
    // Among the last ones that was too much: they are not done. Once more, with nothing before them, takes it back.
    [...get(from), ...get(until), ...constI32(reach), ...copyBytes],
    [...get(until), ...set(target), ...get(from), ...set(until)],
    [...get(from), ...constI32(reach), ...subI32, ...set(behind)],
    addEarlier(distances, reach),
    [...get(target), ...constI32(reach), ...subI32, ...set(from)],
  );
}

/** What a thread needs to compute a CRC. */
export interface CrcProgram {
  readonly module: WasmModule;
  readonly tables: Uint8Array;
  /** Where in the memory bytes to compute begin; the tables lie at its beginning, and in between are zeros, to be left alone. */
  readonly begin: number;
  readonly bits: 32 | 64;
}

/**
 * A reflected CRC of up to 64 bits. What is long is folded by a sparse multiple of the polynomial, without tables (as in S. Russell,
 * "Chorba: A novel CRC32 implementation", arXiv 2412.16398, with powers of x^128 alone, so that nothing is shifted); what is
 * left goes 16 bytes at a time, each by a table of its own (slicing-by-16). It changes the bytes that it computes.
 */
export function crcProgramOf({ bits, reflected, sparseMultiple }: CrcPolynomial): CrcProgram {
  const degree = sparseMultiple.at(-1) ?? 0;
  const distances = sparseMultiple.slice(0, -1).map((exponent) => (degree - exponent) * stride);
  const reach = degree * stride;
  const begin = tablesBytes + reach;
  const needs = { locals: { i64: 2, i32: 3 }, pages: Math.ceil((begin + pieceBytes) / 65_536) };
  const lookedUp = [...sixteenBytes, ...oneByte, ...get(value)];
  const folded = moduleOf([...fold(distances, reach), ...lookedUp], needs);
  // Some processors have no registers of 16 bytes, or none that WebAssembly may use.
  const module = new WebAssembly.Module(WebAssembly.validate(folded) ? folded : moduleOf(lookedUp, needs));
  return { module, tables: crcTables(reflected), begin, bits };
}

function crcTables(polynomial: bigint): Uint8Array {
  const tables = new BigUint64Array(tablesBytes / 8);
  for (let byte = 0; byte < 256; byte += 1) {
    let entry = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) entry = (entry & 1n) === 1n ? (entry >> 1n) ^ polynomial : entry >> 1n;
    tables[byte] = entry;
  }
  // Each table is the one before, with a byte of zeros behind.
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256] ?? 0n;
    tables[at] = (before >> 8n) ^ (tables[Number(before & 0xffn)] ?? 0n);
  }
  return new Uint8Array(tables.buffer);
}
