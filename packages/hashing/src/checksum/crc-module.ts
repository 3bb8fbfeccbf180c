import {
  addI32,
  andI64,
  atLeastI32,
  block,
  branch,
  branchIf,
  type Code,
  constI32,
  constI64,
  get,
  lessI32,
  loadByteI64,
  loadI64,
  loop,
  moduleOf,
  set,
  shiftLeftI64,
  shiftRightI64,
  subI32,
  wrapI64,
  xorI64,
} from "./wasm-code.ts";
import type { WasmModule, WebAssemblyApi } from "./web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

/** Of a table: 256 entries of 8 bytes. */
const tableBytes = 2048;
/** Bytes that one turn of the loop takes, with a table for each. */
const stride = 16;

/** Where in the memory the tables end, and bytes to compute may begin. */
export const tablesBytes: number = stride * tableBytes;
/** Bytes that fit behind the tables. */
export const pieceBytes: number = 1024 * 1024;

const [from, to, value, low, high] = [0, 1, 2, 3, 4];

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

let compiled: WasmModule | undefined;

/**
 * A reflected CRC of up to 64 bits, 16 bytes at a time, each by a table of its own (slicing-by-16). The tables lie at the beginning
 * of the memory.
 */
export function crcModule(): WasmModule {
  const pages = Math.ceil((tablesBytes + pieceBytes) / 65_536);
  return (compiled ??= new WebAssembly.Module(
    moduleOf([...sixteenBytes, ...oneByte, ...get(value)], { locals: 2, pages }),
  ));
}

/** @param polynomial reflected: the coefficient of the highest power is the lowest bit. */
export function crcTables(polynomial: bigint): Uint8Array {
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
