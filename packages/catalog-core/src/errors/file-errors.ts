import { type ErrorFactory, errorFactory, type ModelError } from "./model-error.ts";

/** What can be wrong with a file of this machine. Shared by everything that reads or writes model files. Facts: `path`. */
export type FileErrorCode =
  | "FILE_NOT_FOUND"
  /** Permission denied on it, or on a folder above it. */
  | "FILE_NOT_READABLE"
  | "FILE_NOT_WRITABLE"
  /** A FIFO, socket or device, or a folder where a file was wanted. */
  | "FILE_NOT_REGULAR"
  | "FILE_SYMLINK_LOOP"
  /** Longer than the file system allows, as a whole or in one part. */
  | "FILE_NAME_TOO_LONG"
  /** It changed while it was read. */
  | "FILE_CHANGED"
  | "FILE_NO_SPACE"
  /** Anything else that the operating system says; its own error is the cause. */
  | "FILE_IO";

export const fileError: ErrorFactory<FileErrorCode> = errorFactory({
  FILE_NOT_FOUND: "not-found",
  FILE_NOT_READABLE: "not-allowed",
  FILE_NOT_WRITABLE: "not-allowed",
  FILE_NOT_REGULAR: "usage",
  FILE_SYMLINK_LOOP: "usage",
  FILE_NAME_TOO_LONG: "usage",
  FILE_CHANGED: "other",
  FILE_NO_SPACE: "no-space",
  FILE_IO: "other",
});

/**
 * The typed error for what the operating system said of `path`. What is no error of the operating system (what a
 * caller's callback threw, an abort, a typed error) comes back as it is: it is for someone else.
 */
export function fileErrorFrom<Cause>(
  cause: Cause,
  path: string,
  access: "read" | "write",
): Cause | ModelError<FileErrorCode> {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const { kind, message, hint } = access === "read" ? readFailure(code, path) : writeFailure(code, path);
  return fileError(kind, { message, hint, facts: { path, systemCode: code }, cause });
}

interface Failure {
  readonly kind: FileErrorCode;
  readonly message: string;
  readonly hint: string;
}

function readFailure(code: string, path: string): Failure {
  if (denials.has(code)) {
    return {
      kind: "FILE_NOT_READABLE",
      message: `${path} may not be read by this user.`,
      hint: "Give this user read permission on the file and search permission on the folders above it.",
    };
  }
  return pathFailure(code, path) ?? unknownFailure(`${path} could not be read (${code}).`);
}

function writeFailure(code: string, path: string): Failure {
  // Nothing can be made there: a folder above it is a file, or belongs to the kernel.
  if (code === "ENOENT" || code === "ENOTDIR") {
    return {
      kind: "FILE_NOT_WRITABLE",
      message: `Nothing can be written at ${path} (${code}).`,
      hint: "Choose a folder on a disk, below folders that are there or can be made.",
    };
  }
  if (denials.has(code)) {
    return {
      kind: "FILE_NOT_WRITABLE",
      message: `${path} may not be written by this user.`,
      hint: "Give this user write permission on the folder, or choose another cache folder.",
    };
  }
  return pathFailure(code, path) ?? unknownFailure(`${path} could not be written (${code}).`);
}

const denials: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** What is wrong whatever was to be done there. */
function pathFailure(code: string, path: string): Failure | undefined {
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return {
        kind: "FILE_NOT_FOUND",
        message: `There is no file at ${path}.`,
        hint: "Check the path; a relative one is taken from the working folder.",
      };
    case "ELOOP":
      return {
        kind: "FILE_SYMLINK_LOOP",
        message: `${path} leads through symbolic links in a circle.`,
        hint: "Mend the link, or name the file that it should lead to.",
      };
    case "ENAMETOOLONG":
      return {
        kind: "FILE_NAME_TOO_LONG",
        message: `${path} is longer than the file system allows, or a name in it is.`,
        hint: "Shorten the path, or the name in it that is too long.",
      };
    case "EISDIR":
      return {
        kind: "FILE_NOT_REGULAR",
        message: `${path} is a folder, and a file was wanted.`,
        hint: "Name a file.",
      };
    case "ENOSPC":
    case "EDQUOT":
      return {
        kind: "FILE_NO_SPACE",
        message: `There is no room left to write ${path}.`,
        hint: "Free some space on this file system, or choose a cache folder on another one.",
      };
    default:
      return undefined;
  }
}

function unknownFailure(message: string): Failure {
  const hint = "The code in parentheses is what the operating system said; the error's cause has its own words.";
  return { kind: "FILE_IO", message, hint };
}

/** `ENOENT`, `EACCES`, …; undefined for what is not an error of the operating system. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" && /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}
