import { findUnportable } from "@llama-orch/catalog-core";
import { s3Error } from "../errors.ts";

/** @throws ModelError `S3_PATHS_UNSUPPORTED` */
export function assertPortable(paths: readonly string[]): void {
  const found = findUnportable(paths);
  if (found === undefined) return;
  throw s3Error("S3_PATHS_UNSUPPORTED", {
    message: `The objects cannot be kept under their names: ${found.paths.map((path) => JSON.stringify(path)).join(" and ")} ${found.problem}.`,
    hint: "Fetch a part: a prefix further down, or each object by its own key.",
    facts: { paths: found.paths },
  });
}
