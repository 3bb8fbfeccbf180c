import { constants } from "node:fs";

/** Calls about paths that change what a later program finds, each with the number of its paths. */
export const changingPathCalls: Readonly<Record<string, 1 | 2>> = {
  appendFile: 1,
  chmod: 1,
  chown: 1,
  copyFile: 2,
  cp: 2,
  lchown: 1,
  link: 2,
  lutimes: 1,
  mkdir: 1,
  mkdtemp: 1,
  rename: 2,
  rm: 1,
  rmdir: 1,
  symlink: 2,
  truncate: 1,
  unlink: 1,
  utimes: 1,
  writeFile: 1,
};

export const readingPathCalls: readonly string[] = [
  "access",
  "lstat",
  "opendir",
  "readFile",
  "readdir",
  "readlink",
  "realpath",
  "stat",
  "statfs",
];

/** Calls about an open file: of a file handle (whose `close` cannot be met), or of `node:fs` with a descriptor. */
export const changingFileCalls: readonly string[] = [
  "appendFile",
  "chmod",
  "chown",
  "fchmod",
  "fchown",
  "ftruncate",
  "futimes",
  "truncate",
  "utimes",
  "write",
  "writeFile",
  "writev",
];

export const readingFileCalls: readonly string[] = [
  "close",
  "datasync",
  "fdatasync",
  "fstat",
  "fsync",
  "read",
  "readFile",
  "readv",
  "stat",
  "sync",
];

/** Whether `open` with these flags may make or empty a file. */
export function isChangingOpen(flags: unknown): boolean {
  if (typeof flags === "number") return (flags & (constants.O_CREAT | constants.O_TRUNC)) !== 0;
  return typeof flags === "string" && !/^(r|rs|sr|r\+|rs\+|sr\+)$/.test(flags);
}
