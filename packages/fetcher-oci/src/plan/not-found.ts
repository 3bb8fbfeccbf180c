import { ociError } from "../errors.ts";

/** So many names are told. */
const manyNames = 20;

export function fileNotFound(name: string, path: string | undefined, available: readonly string[]): Error {
  const some = available.slice(0, manyNames);
  const more = available.length > manyNames ? ` and ${available.length - manyNames} more` : "";
  return ociError("OCI_FILE_NOT_FOUND", {
    message: path === undefined ? `${name} has no files.` : `${name} has no file or folder ${path}.`,
    hint:
      available.length === 0
        ? "See what is in it (skopeo inspect --raw, oras manifest fetch)."
        : `It has ${some.join(", ")}${more}; upper and lower case count.`,
    facts: { path, available: some },
  });
}
