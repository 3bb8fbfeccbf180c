import { findUnportable, type UnportablePaths } from "@llama-orch/catalog-core";
import { ociError } from "../errors.ts";

/** @throws ModelError `OCI_PATHS_UNSUPPORTED` */
export function assertPortable(paths: readonly string[]): void {
  const found = findUnportable(paths) ?? findFileAndFolder(paths);
  if (found === undefined) return;
  throw ociError("OCI_PATHS_UNSUPPORTED", {
    message: `The model cannot be kept as it is: ${found.paths.map((path) => JSON.stringify(path)).join(" and ")} ${found.problem}.`,
    hint: "Fetch a part of it: #path in the reference selects a file or a folder.",
    facts: { paths: found.paths },
  });
}

function findFileAndFolder(paths: readonly string[]): UnportablePaths | undefined {
  const folded = new Map(paths.map((path) => [path.normalize("NFC").toLowerCase(), path]));
  for (const [key, path] of folded) {
    for (let at = key.indexOf("/"); at !== -1; at = key.indexOf("/", at + 1)) {
      const file = folded.get(key.slice(0, at));
      if (file !== undefined) return { paths: [file, path], problem: "are a file, and a folder of the same name" };
    }
  }
  return undefined;
}
