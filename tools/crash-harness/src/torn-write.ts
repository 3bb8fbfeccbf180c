import fs from "node:fs";

const { writeSync, writeFileSync, appendFileSync } = fs;

/**
 * What a program leaves that is killed in the middle of a write: the first half of the data. `undefined` for calls that
 * write no data, or in a form that is not known here.
 *
 * @param target the path, or the descriptor of the open file.
 * @param args of the call, without the path or descriptor.
 */
export function tornWrite(name: string, target: string | number, args: readonly unknown[]): (() => void) | undefined {
  const [data, offset, length, position] = args;
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  if (!(bytes instanceof Uint8Array)) return undefined;
  if (name === "writeFile" && typeof target === "string") return () => writeFileSync(target, half(bytes));
  if (name === "appendFile" && typeof target === "string") return () => appendFileSync(target, half(bytes));
  if (typeof target === "string" || !["write", "writeFile", "appendFile"].includes(name)) return undefined;
  const from = typeof offset === "number" && name === "write" ? offset : 0;
  const to = typeof length === "number" && name === "write" ? from + length : bytes.length;
  const at = typeof position === "number" && name === "write" ? position : null;
  const part = half(bytes.subarray(from, to));
  return () => void writeSync(target, part, 0, part.length, at);
}

function half(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}
