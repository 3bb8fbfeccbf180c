import { hash } from "node:crypto";
import type { DigestText } from "./digest.ts";

/**
 * The digest of a directory: the sha256 of its listing. Regular files only, one line each, in bytewise order
 * of path, as GNU `sha256sum` prints them. Anyone can reproduce it:
 *
 *     find -L . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 -r sha256sum -- | sha256sum
 *
 * @param files paths relative to the directory, `/` between segments, each with its sha256.
 */
export function directoryDigest(files: Iterable<{ readonly path: string; readonly digest: DigestText }>): DigestText {
  return `sha256:${hash("sha256", directoryListing(files))}`;
}

/** The listing that {@link directoryDigest} hashes. */
export function directoryListing(files: Iterable<{ readonly path: string; readonly digest: DigestText }>): string {
  return [...files]
    .map((file) => ({
      bytes: Buffer.from(file.path),
      line: listingLine(file.path, file.digest.replace(/^sha256:/, "")),
    }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ line }) => line)
    .join("");
}

/** GNU escaping: a name with a backslash, newline or carriage return is escaped, and its line starts with a backslash. */
function listingLine(path: string, hex: string): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `${escaped === path ? "" : "\\"}${hex}  ${escaped}\n`;
}
