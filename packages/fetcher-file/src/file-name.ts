import { fileFetcherError } from "./errors.ts";

/** In bytes: some file systems hold longer names, and most could not take a copy of such a file. */
const maxNameBytes = 255;

/**
 * That a name can stand in a record, and be opened again by it.
 * @throws ModelError `FILE_NAME_UNSUPPORTED`
 */
export function assertFileName(name: string, folder: string): void {
  const problem = problemOf(name);
  if (problem === undefined) return;
  throw fileFetcherError("FILE_NAME_UNSUPPORTED", {
    message: `The folder ${folder} holds a name that ${problem}: ${JSON.stringify(name)}.`,
    hint: "Rename it, or move it out of the model's folder.",
    facts: { path: folder, name },
  });
}

function problemOf(name: string): string | undefined {
  // Node shows a name that is not UTF-8 with U+FFFD in it, and then cannot open it by that name.
  if (name.includes("\uFFFD")) return "is not UTF-8";
  if (/[\u0000-\u001f\u007f]/.test(name)) return "has a line end or another control character in it";
  if (Buffer.byteLength(name) > maxNameBytes) return `is longer than ${maxNameBytes} bytes`;
  return undefined;
}
