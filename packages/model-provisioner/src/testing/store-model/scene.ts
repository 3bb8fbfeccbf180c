import type { Seen } from "./look.ts";
import type { Operation, Outcome } from "./operations.ts";
import type { SourceName } from "./sources.ts";
import type { World } from "./world.ts";

/** An operation that was played, and what came of it. */
export interface Played {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/** One step, with the cache before and after it. */
export interface Scene {
  readonly world: World;
  readonly before: Seen;
  readonly after: Seen;
  readonly played: readonly Played[];
}

/** One operation of a step. */
export interface Act extends Scene {
  /** The others of that moment. */
  readonly rivals: readonly Played[];
}

export function isAbout({ operation }: Played, name: SourceName): boolean {
  return operation.do !== "collect" && operation.name === name;
}

/** Whether nothing else was done with a model at that moment. A collection does nothing with one that is Active. */
export function isAlone(name: SourceName, act: Act): boolean {
  return !act.rivals.some((rival) => isAbout(rival, name)) && !mayBeCollected(name, act);
}

/** Whether a collection of that moment may have taken the model: a Retired one, and to make room only. */
function mayBeCollected(name: SourceName, { world, before, rivals }: Act): boolean {
  const isRetired =
    before.entries.get(world.idOf(name))?.lifecycle === "Retired" ||
    rivals.some(({ operation }) => operation.do === "retire" && operation.name === name);
  return (
    isRetired && rivals.some(({ operation }) => operation.do === "collect" && operation.maxSizeBytes !== undefined)
  );
}

/** Whether somebody takes the model away at that moment from whoever ensures it: removes it, or retires and collects it. */
export function isBeingRemoved(name: SourceName, { rivals }: Act): boolean {
  const done = rivals.filter((rival) => isAbout(rival, name)).map(({ operation }) => operation.do);
  return (
    done.includes("remove") || (done.includes("retire") && rivals.some(({ operation }) => operation.do === "collect"))
  );
}

/** The sentences among these: `false` where nothing is wrong. */
export function wrong(...findings: readonly (string | false)[]): readonly string[] {
  return findings.filter((finding) => finding !== false);
}
