import { findUnportable } from "@llama-orch/catalog-core";
import { hfError } from "../errors.ts";

/** @throws ModelError `HF_PATHS_UNSUPPORTED` */
export function assertPortable(paths: readonly string[]): void {
  const found = findUnportable(paths);
  if (found === undefined) return;
  throw hfError("HF_PATHS_UNSUPPORTED", {
    message: `The repository cannot be kept as it is: ${found.paths.map((path) => JSON.stringify(path)).join(" and ")} ${found.problem}.`,
    hint: "Fetch a part of it: name the file, or leave these out by patterns (?include=…&exclude=…).",
    facts: { paths: found.paths },
  });
}
