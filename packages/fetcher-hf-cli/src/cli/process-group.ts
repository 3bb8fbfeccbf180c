import { setTimeout as sleep } from "node:timers/promises";

/** What is needed of a child process. */
export interface Child {
  readonly pid?: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

/** How a child, and all that it has started, comes to an end. */
export interface GroupEnd {
  /** Asks the group to end; what is left after the grace period is killed. */
  end(): void;
  /** Resolves when no process of the group is left. What outlives the child itself is killed. */
  gone(): Promise<void>;
}

/** Between two looks at a group that was killed: it is gone as soon as the system gets to it. In ms. */
const lookEveryMs = 10;

/** What is killed runs no more; but where nobody collects the dead (a container without an init), they count for ever. */
const mostLooks = 25;

/**
 * A process group ends as one: the child leads it, so the group has the child's id. Were this process to exit before, the
 * group is killed on the way out. (Windows has no such groups: there, the child alone is ended.)
 */
export function endOfProcess(child: Child, killAfterMs: number): GroupEnd {
  let killing: NodeJS.Timeout | undefined;
  const kill = (): void => void signalGroup(child, "SIGKILL");
  process.once("exit", kill);
  return {
    end() {
      signalGroup(child, "SIGTERM");
      killing ??= setTimeout(kill, killAfterMs);
    },
    async gone() {
      clearTimeout(killing);
      // Its leader is gone; whoever else is in the group has nobody left to work for.
      for (let look = 0; look < mostLooks && signalGroup(child, "SIGKILL"); look += 1) await sleep(lookEveryMs);
      process.off("exit", kill);
    },
  };
}

/** @returns whether there was somebody to tell. */
function signalGroup(child: Child, signal: NodeJS.Signals): boolean {
  const { pid } = child;
  if (pid === undefined) return false;
  if (process.platform === "win32") {
    child.kill(signal);
    return false;
  }
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    // ESRCH: nobody is left. EPERM: what is left belongs to somebody else by now.
    return false;
  }
}
