import { hfError } from "../errors.ts";

/**
 * That every file can have its name on every file system: so that a model is the same everywhere, and is refused before it
 * is fetched and not after.
 * @throws ModelError `HF_PATHS_UNSUPPORTED`
 */
export function assertPortable(paths: readonly string[]): void {
  const folded = new Map<string, string>();
  for (const path of paths) {
    const isPlain = path
      .split("/")
      .every((part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255);
    if (!isPlain || /[\u0000-\u001F\u007F\\]/.test(path))
      throw unsupported([path], "is no name that every file system can hold");
    const key = path.normalize("NFC").toLowerCase();
    const other = folded.get(key);
    if (other !== undefined) throw unsupported([other, path], "are one name where upper and lower case are the same");
    folded.set(key, path);
  }
}

function unsupported(paths: readonly string[], problem: string): Error {
  return hfError("HF_PATHS_UNSUPPORTED", {
    message: `The repository cannot be kept as it is: ${paths.map((path) => JSON.stringify(path)).join(" and ")} ${problem}.`,
    hint: "Fetch a part of it: name the file, or leave these out by patterns (?include=…&exclude=…).",
    facts: { paths },
  });
}
