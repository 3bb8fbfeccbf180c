import type { DescribeOptions } from "@llama-orch/artifact-store";
import type { Call } from "./call.ts";
import { hashProgress } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

/** How files are hashed for a call: in the algorithm that it expects as well, in the same reading. */
export function hashOptions(call: Call, { signal, emit }: Surroundings): DescribeOptions {
  const other = call.expected?.algorithm === "sha512" ? ({ alsoAlgorithm: "sha512" } as const) : {};
  return { ...other, signal, onProgress: hashProgress(emit) };
}
