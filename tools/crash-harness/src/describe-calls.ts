import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isChangingOpen } from "./fs-calls.ts";
import { tornWrite } from "./torn-write.ts";

/** A file system call that is about to happen. */
export interface FsCall {
  /** As in `node:fs/promises`. */
  readonly name: string;
  /** What it is about, relative to the root; of two paths the one that appears. */
  readonly path: string;
  /** Whether it changes what a later program finds. Reading, syncing and closing do not. */
  readonly changes: boolean;
  /** For calls that write data: writes the first half of it, as a program killed in the middle would have. */
  readonly tear?: (() => void) | undefined;
}

/** Tells what a call is about from its `this` and its arguments; `undefined` if that is outside of the root. */
export type Describe = (self: unknown, args: readonly unknown[]) => FsCall | undefined;

export interface CallDescriber {
  readonly open: Describe;
  /** Of a call about one path, or two. */
  path(name: string, paths: 1 | 2, changes: boolean): Describe;
  /** Of a method of a file handle. */
  handle(name: string, changes: boolean): Describe;
  /** Of a call about a file descriptor. */
  descriptor(name: string, changes: boolean): Describe;
  /** To be told the file handles and descriptors that `open` gives. */
  readonly noteOpen: (file: unknown, call: FsCall) => void;
}

export function callDescriber(root: string): CallDescriber {
  const openFiles = new Map<unknown, string>(); // by file handle, or by descriptor

  function within(path: unknown): string | undefined {
    if (typeof path !== "string" && !(path instanceof URL)) return undefined;
    const below = relative(root, resolve(path instanceof URL ? fileURLToPath(path) : path));
    return below.startsWith("..") ? undefined : below;
  }

  function fileCall(name: string, changes: boolean, file: OpenFile): FsCall | undefined {
    const path = openFiles.get(file.key);
    if (path === undefined) return undefined;
    if (name === "close") openFiles.delete(file.key);
    const tear = typeof file.descriptor === "number" ? tornWrite(name, file.descriptor, file.args) : undefined;
    return { name, path, changes, tear };
  }

  return {
    open: (_self, [path, flags = "r"]) => {
      const below = within(path);
      return below === undefined ? undefined : { name: "open", path: below, changes: isChangingOpen(flags) };
    },
    path:
      (name, paths, changes) =>
      (_self, [first, ...rest]) => {
        const path = (paths === 2 ? within(rest[0]) : undefined) ?? within(first);
        if (path === undefined) return undefined;
        return { name, path, changes, tear: typeof first === "string" ? tornWrite(name, first, rest) : undefined };
      },
    handle: (name, changes) => (self, args) =>
      fileCall(name, changes, { key: self, descriptor: Reflect.get(Object(self), "fd"), args }),
    descriptor:
      (name, changes) =>
      (_self, [descriptor, ...args]) =>
        fileCall(name, changes, { key: descriptor, descriptor, args }),
    noteOpen: (file, call) => void openFiles.set(file, call.path),
  };
}

interface OpenFile {
  /** What `open` gave. */
  readonly key: unknown;
  readonly descriptor: unknown;
  /** Of the call about it. */
  readonly args: readonly unknown[];
}
