/** Relative, `/` between segments, none of them empty, `.` or `..`. */
export function isPlainPath(path: string): boolean {
  return !path.includes("\0") && path.split("/").every((segment) => !["", ".", ".."].includes(segment));
}

/** A plain path that leads nowhere else on Windows, which splits at backslashes and takes `C:x` to another drive. */
export function isPortablePath(path: string): boolean {
  return isPlainPath(path) && !path.includes("\\") && !/^[a-z]:/i.test(path);
}

/** Told apart by the text alone: `/a`, `C:\a`, `\\server\share\a`. */
export function isAbsolutePath(path: string): boolean {
  return !path.includes("\0") && /^(\/|[a-z]:[\\/]|\\\\[^\\/])/i.test(path);
}

/** `scheme://user@…` */
export function holdsUserinfo(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(text);
}
