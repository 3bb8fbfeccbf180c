/**
 * Opcodes of WebAssembly, as far as they are used here (core specification, 5.4). A program is a list of bytes; what an
 * instruction takes from the stack is written before it.
 */
export type Code = readonly number[];

export const block = (...body: readonly Code[]): Code => [0x02, 0x40, ...body.flat(), 0x0b];
export const loop = (...body: readonly Code[]): Code => [0x03, 0x40, ...body.flat(), 0x0b];
/** Leaves the block (or begins the loop) so many levels above. */
export const branch = (levels: number): Code => [0x0c, levels];
export const branchIf = (levels: number): Code => [0x0d, levels];

export const get = (local: number): Code => [0x20, local];
export const set = (local: number): Code => [0x21, local];

export const constI32 = (value: number): Code => [0x41, ...signed(value)];
export const constI64 = (value: number): Code => [0x42, ...signed(value)];

export const addI32: Code = [0x6a];
export const subI32: Code = [0x6b];
export const andI32: Code = [0x71];
export const lessI32: Code = [0x49];
export const atLeastI32: Code = [0x4f];
export const wrapI64: Code = [0xa7];
export const andI64: Code = [0x83];
export const xorI64: Code = [0x85];
export const shiftLeftI64: Code = [0x86];
export const shiftRightI64: Code = [0x88];

/** Eight bytes, or one of them, from the address on the stack and an offset; little-endian. */
export const loadI64 = (offset: number): Code => [0x29, 0, ...unsigned(offset)];
export const loadByteI64 = (offset: number): Code => [0x31, 0, ...unsigned(offset)];

export const storeI64 = (offset: number): Code => [0x37, 0, ...unsigned(offset)];

/** Sixteen bytes. */
export const loadV128 = (offset: number): Code => [0xfd, 0x00, 0, ...unsigned(offset)];
export const storeV128 = (offset: number): Code => [0xfd, 0x0b, 0, ...unsigned(offset)];
export const xorV128: Code = [0xfd, 0x51];

/** From the stack: where to, where from, how many bytes. */
export const copyBytes: Code = [0xfc, 0x0a, 0, 0];

const [i32, i64] = [0x7f, 0x7e];

/** Its magic number, and the version. */
const header: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/**
 * A module of one function, `update(from: i32, to: i32, value: i64) -> i64`, with its `memory`, and locals that follow
 * the parameters: first those of i64.
 * @param options.pages of memory, 64 KiB each
 */
export function moduleOf(
  body: Code,
  { locals, pages }: { readonly locals: { readonly i64: number; readonly i32: number }; readonly pages: number },
): Uint8Array {
  const code = [2, locals.i64, i64, locals.i32, i32, ...body, 0x0b];
  return Uint8Array.from([
    ...header,
    ...section(1, [1, 0x60, 3, i32, i32, i64, 1, i64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...name("memory"), 2, 0, ...name("update"), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function name(text: string): Code {
  return [text.length, ...Buffer.from(text)];
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
