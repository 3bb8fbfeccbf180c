import { AsyncLocalStorage } from "node:async_hooks";
import { type FsCall, interceptFs } from "../../../../../tools/crash-harness/src/index.ts";

/** What one does, and what someone else does meanwhile. */
export interface Race<Slow, Quick> {
  /** Calls about something at or below it count. Absolute. */
  readonly folder: string;
  readonly slow: () => Promise<Slow>;
  readonly quick: () => Promise<Quick>;
}

export interface Overtaken<Slow, Quick> {
  readonly slow: PromiseSettledResult<Slow>;
  readonly quick?: Quick;
  /** `rename models/…`: before this call; undefined if there are not so many. */
  readonly before?: string;
}

/**
 * Stops `slow` before the n-th of its file system calls, runs `quick` from beginning to end, and lets `slow` go on. All that
 * `slow` has under way is stopped meanwhile, so that every run is the same. What `quick` throws is thrown.
 */
export async function overtake<Slow, Quick>(
  { folder, slow, quick }: Race<Slow, Quick>,
  call: number,
): Promise<Overtaken<Slow, Quick>> {
  const isQuick = new AsyncLocalStorage<true>();
  let callsToGo = call;
  let before: string | undefined;
  let overtaking: Promise<Quick> | undefined;
  const stop = await interceptFs(folder, (each) => {
    if (isQuick.getStore() === true || isPrivate(each)) return undefined;
    callsToGo -= 1;
    if (callsToGo === 0) {
      before = `${each.name} ${each.path}`;
      overtaking = isQuick.run(true, quick);
    }
    return overtaking?.then(
      () => {},
      () => {},
    );
  });
  try {
    const [result] = await Promise.allSettled([slow()]);
    if (before === undefined || overtaking === undefined) return { slow: result };
    return { slow: result, quick: await overtaking, before };
  } finally {
    stop();
  }
}

/**
 * Calls that no collection notices, nor is noticed by: on open files, of which it changes but the names; and on what it does
 * not look at, such as the catalog's folders, in which a record comes and goes by one rename.
 */
function isPrivate({ name, path }: FsCall): boolean {
  const isLookedAt = /^(blobs|damaged|ingest|models)\b/.test(path) || name === "rename";
  return !isLookedAt || ["read", "sync", "datasync"].includes(name);
}
