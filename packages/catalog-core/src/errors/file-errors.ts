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
  FILE_CHANGED: "other",
  FILE_NO_SPACE: "no-space",
  FILE_IO: "other",
});

/** The typed error for what the operating system said of `path`. */
export function fileErrorFrom(cause: unknown, path: string, access: "read" | "write"): ModelError<FileErrorCode> {
  const facts = { path, systemCode: systemCode(cause) };
  switch (facts.systemCode) {
    case "ENOENT":
    case "ENOTDIR":
      return fileError("FILE_NOT_FOUND", {
        message: `There is no file at ${path}.`,
        hint: "Check the path; a relative one is taken from the working folder.",
        facts,
        cause,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return access === "read"
        ? fileError("FILE_NOT_READABLE", {
            message: `${path} may not be read by this user.`,
            hint: "Give this user read permission on the file and search permission on the folders above it.",
            facts,
            cause,
          })
        : fileError("FILE_NOT_WRITABLE", {
            message: `${path} may not be written by this user.`,
            hint: "Give this user write permission on the folder, or choose another cache folder.",
            facts,
            cause,
          });
    case "ELOOP":
      return fileError("FILE_SYMLINK_LOOP", {
        message: `${path} leads through symbolic links in a circle.`,
        hint: "Mend the link, or name the file that it should lead to.",
        facts,
        cause,
      });
    case "EISDIR":
      return fileError("FILE_NOT_REGULAR", {
        message: `${path} is a folder, and a file was wanted.`,
        hint: "Name a file.",
        facts,
        cause,
      });
    case "ENOSPC":
    case "EDQUOT":
      return fileError("FILE_NO_SPACE", {
        message: `There is no room left to write ${path}.`,
        hint: "Free some space on this file system, or choose a cache folder on another one.",
        facts,
        cause,
      });
    default:
      return fileError("FILE_IO", {
        message: `${path} could not be ${access === "read" ? "read" : "written"} (${facts.systemCode ?? "an unexpected error"}).`,
        hint: "The code in parentheses is what the operating system said; the error's cause has its own words.",
        facts,
        cause,
      });
  }
}

/** `ENOENT`, `EACCES`, …; undefined for what is not an error of the operating system. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
