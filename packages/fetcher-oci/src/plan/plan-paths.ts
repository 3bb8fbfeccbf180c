import { findUnportable } from "@llama-orch/catalog-core";
import { ociError } from "../errors.ts";

/** @throws ModelError `OCI_PATHS_UNSUPPORTED` */
export function assertPortable(paths: readonly string[]): void {
  const found = findUnportable(paths);
  if (found === undefined) return;
  throw ociError("OCI_PATHS_UNSUPPORTED", {
    message: `The model cannot be kept as it is: ${found.paths.map((path) => JSON.stringify(path)).join(" and ")} ${found.problem}.`,
    hint: "Fetch a part of it: #path in the reference selects a file or a folder.",
    facts: { paths: found.paths },
  });
}
