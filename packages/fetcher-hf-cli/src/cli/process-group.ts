import { setTimeout as sleep } from "node:timers/promises";
import { onExit } from "signal-exit";

/** What is needed of a child process. */
export interface Child {
  readonly pid?: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

/** How a child, and all of its process group, comes to an end. */
export interface GroupEnd {
  /** Asks the group to end; what is left after the grace period is killed. */
  end(): void;
  /** Kills what is left of the group, and resolves when nobody is. To be called when the child itself has ended. */
  gone(): Promise<void>;
}

/** Between two looks at a group that was killed: it is gone as soon as the system gets to it. In ms. */
const lookEveryMs = 10;

/** What is killed runs no more; but where nobody collects the dead (a container without an init), they count for ever. */
const mostLooks = 25;

/**
 * The groups under way. They are out of the reach of a terminal's Ctrl-C: when this process ends, by whatever signal but
 * SIGKILL, they are killed on the way out.
 */
const underWay = new Set<Child>();
let stopWatching: (() => void) | undefined;

/**
 * A process group ends as one: the child leads it, so the group has the child's id. (Windows has no such groups: there, the
 * child alone is ended. A program that puts itself into another group is out of reach.)
 */
export function endOfProcess(child: Child, killAfterMs: number): GroupEnd {
  let killing: NodeJS.Timeout | undefined;
  enter(child);
  return {
    end() {
      signalGroup(child, "SIGTERM");
      killing ??= setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs);
    },
    async gone() {
      clearTimeout(killing);
      // Its leader is gone; whoever else is in the group has nobody left to work for.
      for (let look = 0; look < mostLooks && signalGroup(child, "SIGKILL"); look += 1) await sleep(lookEveryMs);
      leave(child);
    },
  };
}

function enter(child: Child): void {
  underWay.add(child);
  stopWatching ??= onExit(() => {
    for (const each of underWay) signalGroup(each, "SIGKILL");
  });
}

function leave(child: Child): void {
  underWay.delete(child);
  if (underWay.size > 0) return;
  stopWatching?.();
  stopWatching = undefined;
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
