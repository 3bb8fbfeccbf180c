import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { callDescriber, type Describe, type FsCall } from "./describe-calls.ts";
import { changingFileCalls, changingPathCalls, readingFileCalls, readingPathCalls } from "./fs-calls.ts";

/** What it returns is awaited before the call goes on; the synchronous interface cannot wait. */
export type Gate = (call: FsCall) => Promise<void> | undefined;

/**
 * Puts a gate before every file system call of this process about something at or below `root`: those of
 * `node:fs/promises`, of file handles, and of `node:fs` with callbacks and without. Modules that are loaded already are
 * met too, since the exports of the built-in modules are renewed.
 *
 * @returns takes the gate away again.
 */
export async function interceptFs(root: string, gate: Gate): Promise<() => void> {
  const about = callDescriber(root);
  const handleMethods = await fileHandlePrototype();
  const undo: (() => void)[] = [];
  const wrap = (owner: object, name: string, watch: Omit<Watch, "gate">): void => {
    undo.push(wrapCall(owner, name, { ...watch, gate }));
  };

  for (const [owner, suffix] of [[fs.promises, ""] as const, [fs, ""] as const, [fs, "Sync"] as const]) {
    wrap(owner, `open${suffix}`, { describe: about.open, seen: about.noteOpen });
    for (const [name, paths] of Object.entries(changingPathCalls)) {
      wrap(owner, `${name}${suffix}`, { describe: about.path(name, paths, true) });
    }
    for (const name of readingPathCalls) wrap(owner, `${name}${suffix}`, { describe: about.path(name, 1, false) });
  }
  for (const [names, changes] of [[changingFileCalls, true] as const, [readingFileCalls, false] as const]) {
    for (const name of names) {
      wrap(handleMethods, name, { describe: about.handle(name, changes) });
      if (name in changingPathCalls || readingPathCalls.includes(name)) continue; // about a path, where no handle is
      wrap(fs, name, { describe: about.descriptor(name, changes) });
      wrap(fs, `${name}Sync`, { describe: about.descriptor(name, changes) });
    }
  }
  syncBuiltinESMExports();
  return () => {
    for (const restore of undo.toReversed()) restore();
    syncBuiltinESMExports();
  };
}

interface Watch {
  readonly describe: Describe;
  readonly gate: Gate;
  /** Told what a call gave. */
  readonly seen?: (result: unknown, call: FsCall) => void;
}

/** @returns puts the original back. */
function wrapCall(owner: object, name: string, { describe, gate, seen = () => {} }: Watch): () => void {
  const original: unknown = Reflect.get(owner, name);
  if (!isFunction(original)) return () => {}; // not every call has every interface

  const gated = function (this: unknown, ...args: unknown[]): unknown {
    const proceed = (): unknown => original.apply(this, args);
    const call = describe(this, args);
    if (call === undefined) return proceed();
    const callback = args.at(-1);
    if (isFunction(callback)) {
      args[args.length - 1] = (error: unknown, result: unknown, ...rest: unknown[]): void => {
        if (error === null) seen(result, call);
        callback(error, result, ...rest);
      };
    }
    const waited = gate(call);
    const result = waited === undefined ? proceed() : waited.then(proceed);
    if (result instanceof Promise) {
      return result.then((value: unknown) => {
        seen(value, call);
        return value;
      });
    }
    seen(result, call);
    return result;
  };
  // The name, and what util.promisify looks for.
  Object.defineProperties(gated, Object.getOwnPropertyDescriptors(original));
  Reflect.set(owner, name, gated);
  return () => Reflect.set(owner, name, original);
}

/** Node does not export the class of its file handles. */
async function fileHandlePrototype(): Promise<object> {
  const handle = await fs.promises.open(import.meta.filename, "r");
  await handle.close();
  const prototype: unknown = Object.getPrototypeOf(handle);
  if (typeof prototype !== "object" || prototype === null) throw new Error("File handles have no class here.");
  return prototype;
}

function isFunction(value: unknown): value is (this: unknown, ...args: unknown[]) => unknown {
  return typeof value === "function";
}
