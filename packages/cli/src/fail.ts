import { systemCode } from "@llama-orch/catalog-core";
import { usageError } from "./errors.ts";
import { exitCodeOf } from "./exit-code.ts";
import { type FailureSubject, printFailure } from "./render/print-failure.ts";

/**
 * Reports what a command, or a part of it, has failed with.
 * @returns the exit code.
 */
export function fail(thrown: unknown, json: boolean, subject?: FailureSubject): number {
  const error = isLostFolder(thrown) ? lostFolder() : thrown;
  printFailure(error, json, subject);
  return exitCodeOf(error);
}

/** Whatever is relative asks for the working folder, here and in the libraries, and Node throws where it was deleted. */
function isLostFolder(error: unknown): boolean {
  return systemCode(error) === "ENOENT" && error instanceof Error && "syscall" in error && error.syscall === "uv_cwd";
}

function lostFolder(): Error {
  return usageError(
    "The working folder is gone, so a relative path leads nowhere.",
    "Change to a folder that exists, or write whole paths, for --cache-dir as well.",
  );
}
