import { AsyncLocalStorage, createHook } from "node:async_hooks";

/** Kinds of async resource that stand for leaving this process for a network or another program. */
const departing: ReadonlySet<string> = new Set([
  "TCPCONNECTWRAP",
  "PIPECONNECTWRAP",
  "UDPWRAP",
  "GETADDRINFOREQWRAP",
  "GETNAMEINFOREQWRAP",
  "QUERYWRAP",
  "PROCESSWRAP",
]);

/**
 * Runs `work`, and says which sockets it opened, names it resolved and processes it started, by kind of resource.
 * Only what `work` itself began counts, not what else goes on in the process. Blind to `spawnSync`, and to workers.
 */
export async function departuresOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const seen: string[] = [];
  const ours = new AsyncLocalStorage<true>();
  const hook = createHook({
    init(_id, type) {
      if (departing.has(type) && ours.getStore() === true) seen.push(type);
    },
  });
  hook.enable();
  try {
    await ours.run(true, work);
  } finally {
    hook.disable();
  }
  return seen;
}
