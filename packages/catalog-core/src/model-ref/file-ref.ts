import { type AbsolutePath, formatPath, splitPath } from "./absolute-path.ts";
import type { FileRef } from "./model-ref.ts";
import { type PathContext, readDrivePath, readPath, type PathText, readUncPath } from "./path-text.ts";
import { redactByLook } from "../redact/redact.ts";
import { percentDecode, percentEncode, percentEncodeSigns } from "./percent.ts";
import { refuse } from "./ref-refusal.ts";
import { hasForbiddenCharacter } from "./ref-text.ts";

export type { PathContext } from "./path-text.ts";

/** A path without a scheme: nothing in it is decoded. */
export function parsePathRef(text: string, context: PathContext): FileRef {
  return fileRef(readPath({ reference: text, path: text, decode: (raw) => raw }, context));
}

/** `file:/a`, `file:///a`, `file://localhost/a`, `file://server/share/a`, `file:a`, `file:~/a`; percent-encoded. */
export function parseFileRef(text: string, context: PathContext): FileRef {
  const body = text.slice("file:".length);
  const source: PathText = { reference: text, path: body, decode: (raw) => decodePath(text, raw) };
  if (body.startsWith("//")) return fileRef(readFileUrl(source));
  if (body === "") throw refuse(text, { part: "path", problem: "the path is empty", hint: pathHint });
  return fileRef(body.startsWith("/") ? readRooted(source) : readPath(source, context));
}

/**
 * Only `%` is encoded, and what would be taken for another form: a POSIX path like `/C:/x`, a server named localhost.
 * A path that looks as if it held a secret (`/a/token=b`) has all its signs encoded: redacted, its id would name nothing.
 */
export function printFileRef(ref: FileRef): string {
  const path = splitPath(ref.path);
  const readable = printPath(path, (part) => percentEncode(part, /%/g));
  return redactByLook(readable) === readable ? readable : printPath(path, percentEncodeSigns);
}

function printPath(path: AbsolutePath, encode: (part: string) => string): string {
  const segments = path.segments.map(encode);
  switch (path.root.form) {
    case "posix": {
      const rooted = `/${segments.join("/")}`;
      return `file:${rooted.replace(rootedDrive, (drive) => drive.replace(":", "%3A"))}`;
    }
    case "drive":
      return `file:///${path.root.letter}:/${segments.join("/")}`;
    case "unc": {
      const server = path.root.server === "localhost" ? "%6Cocalhost" : encode(path.root.server);
      return `file://${server}/${encode(path.root.share)}/${segments.join("/")}`;
    }
  }
}

const rootedDrive = /^\/[A-Za-z]:(?=[\\/]|$)/;

const pathHint = "Write the path after the scheme, as in file:/models/a.gguf, or the plain path.";

function fileRef(path: AbsolutePath): FileRef {
  return Object.freeze({ kind: "file", path: formatPath(path) });
}

/** What begins with a slash: a POSIX path, or a drive as in `file:/C:/a`. */
function readRooted(source: PathText): AbsolutePath {
  if (!rootedDrive.test(source.path)) return readPath(source, {});
  const drive = source.path.slice(1);
  return readDrivePath({ ...source, path: drive.length === 2 ? `${drive}/` : drive });
}

/**
 * `//host/path`. Without a host, or with this machine as the host, it is a path of this machine. A share as a whole ends
 * with a slash: `//models/a.gguf` is far more often a path of this machine with a slash too few.
 */
function readFileUrl(source: PathText): AbsolutePath {
  const end = source.path.slice(2).search(/[\\/]/);
  const host = end < 0 ? source.path.slice(2) : source.path.slice(2, end + 2);
  const path = end < 0 ? "" : source.path.slice(end + 2);
  if (host !== "" && host.toLowerCase() !== "localhost") {
    const remote = readUncPath({ ...source, path: `${host}${path}` });
    if (/[\\/]/.test(path.slice(1))) return remote;
    throw refuse(source.reference, {
      part: "path",
      problem: `${JSON.stringify(host)} is read as a server, and nothing follows the name of its share`,
      hint: `A path of this machine has three slashes: file:///${host}${path}. A whole share ends with a slash: file://${host}${path}/`,
    });
  }
  if (!path.startsWith("/"))
    throw refuse(source.reference, { part: "path", problem: "the path is empty", hint: pathHint });
  return readRooted({ ...source, path });
}

function decodePath(reference: string, raw: string): string {
  const decoded = /%2f/i.test(raw) ? undefined : percentDecode(raw);
  if (decoded === undefined || hasForbiddenCharacter(decoded)) {
    throw refuse(reference, {
      part: "path",
      problem: "the percent-encoding of its path is malformed, or stands for a character that no path may hold",
      hint: "Write %25 for a percent sign, or give the plain path without file: before it.",
    });
  }
  return decoded;
}
