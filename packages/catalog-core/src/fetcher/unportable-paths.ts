/** Paths of a source that cannot be kept, and why. */
export interface UnportablePaths {
  /** One that is no name, or two that are the same. */
  readonly paths: readonly string[];
  /** To follow the paths in a sentence. */
  readonly problem: string;
}

/**
 * The first of some paths that cannot have its name on every file system, if there is one: a model is the same everywhere, and
 * is refused before it is fetched, not after.
 */
export function findUnportable(paths: readonly string[]): UnportablePaths | undefined {
  const folded = new Map<string, string>();
  for (const path of paths) {
    if (!isPlain(path)) return { paths: [path], problem: "is no name that every file system can hold" };
    const key = path.normalize("NFC").toLowerCase();
    const other = folded.get(key);
    if (other !== undefined)
      return { paths: [other, path], problem: "are one name where upper and lower case are the same" };
    folded.set(key, path);
  }
  return undefined;
}

function isPlain(path: string): boolean {
  if (/[\u0000-\u001F\u007F\\]/.test(path)) return false;
  return path
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== ".." && Buffer.byteLength(part) <= 255);
}
