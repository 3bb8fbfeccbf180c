import { homedir } from "node:os";
import { type AbsolutePath, type PathRoot, resolvePath, separatorOf } from "./absolute-path.ts";
import { refuse } from "./ref-refusal.ts";
import { hasForbiddenCharacter } from "./ref-text.ts";

/** What relative paths and `~` stand for. Both must be absolute. */
export interface PathContext {
  /** @default the working folder of this process */
  readonly cwd?: string;
  /** @default the home folder of this user */
  readonly home?: string;
}

/** A path as it stands in a reference. */
export interface PathText {
  /** The whole reference, for messages. */
  readonly reference: string;
  readonly path: string;
  /** Undoes the encoding, if the form has one. Which form it is shows before that: an encoded colon is no drive. */
  readonly decode: (raw: string) => string;
}

const posixRoot: AbsolutePath = { root: { form: "posix" }, segments: [] };

/** A path of any form, made absolute. */
export function readPath(source: PathText, context: PathContext): AbsolutePath {
  const { path, decode } = source;
  if (path.startsWith("/")) return resolvePath(posixRoot, decode(path));
  if (path.startsWith("\\\\")) return readUncPath({ ...source, path: path.slice(2) });
  if (/^[A-Za-z]:/.test(path)) return readDrivePath(source);
  if (path === "~" || path.startsWith("~/")) {
    return resolvePath(readBase(source, "home", context.home ?? homedir()), decode(path.slice(1)));
  }
  const base = readBase(source, "cwd", context.cwd ?? process.cwd());
  const relative = decode(path);
  if (relative.startsWith("-")) {
    throw refuse(source.reference, {
      part: "path",
      problem: "the path begins with a dash, and could be taken for an option",
      hint: `Write ./ before it, as in ./${relative.split(separatorOf(base.root))[0]}.`,
    });
  }
  return resolvePath(base, relative);
}

/** `C:\a` or `C:/a`. */
export function readDrivePath(source: PathText): AbsolutePath {
  const { path } = source;
  if (!/^[A-Za-z]:[\\/]/.test(path)) {
    throw refuse(source.reference, {
      part: "path",
      problem: `the path is relative to the current folder of drive ${path.slice(0, 2)}`,
      hint: `Write the whole path, as in ${path.slice(0, 2)}\\models\\a.gguf; for a file with a colon in its name, write ./ before it.`,
    });
  }
  const root: PathRoot = { form: "drive", letter: path.slice(0, 1).toUpperCase() };
  return resolvePath({ root, segments: [] }, decodeWindows(source, path.slice(2)));
}

const uncHint =
  "Write \\\\server\\share\\a.gguf or file://server/share/a.gguf; a path of this machine has three slashes: file:///a.gguf.";

/** `server\share\a`, without the slashes before it. Letters, digits, dots and dashes make a server. */
export function readUncPath(source: PathText): AbsolutePath {
  const [rawServer = "", rawShare = "", ...rest] = source.path.split(/[\\/]/);
  const server = decodeWindows(source, rawServer);
  const share = decodeWindows(source, rawShare);
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(server)) {
    throw refuse(source.reference, {
      part: "host",
      problem: `${JSON.stringify(server)} is not the name of a server`,
      hint: uncHint,
    });
  }
  if (share === "" || share === "." || share === "..") {
    throw refuse(source.reference, {
      part: "path",
      problem: `it names no share of the server ${JSON.stringify(server)}`,
      hint: uncHint,
    });
  }
  const root: PathRoot = { form: "unc", server: server.toLowerCase(), share };
  return resolvePath({ root, segments: [] }, decodeWindows(source, rest.join("/")));
}

/** An encoded separator would turn one segment into two. */
function decodeWindows(source: PathText, raw: string): string {
  const decoded = source.decode(raw);
  if (decoded.split("\\").length !== raw.split("\\").length) {
    throw refuse(source.reference, {
      part: "path",
      problem: "a backslash in its path is percent-encoded",
      hint: "Write / or \\ between the folders of a Windows path.",
    });
  }
  return decoded;
}

function readBase(source: PathText, part: "cwd" | "home", folder: string): AbsolutePath {
  const isAbsolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(folder);
  if (!isAbsolute || hasForbiddenCharacter(folder)) {
    throw refuse(source.reference, {
      part,
      problem: `it is relative to ${JSON.stringify(folder)}, which is not an absolute path of printable characters`,
      hint: "Give an absolute path, or run in another folder.",
    });
  }
  return readPath({ reference: source.reference, path: folder, decode: (raw) => raw }, {});
}
