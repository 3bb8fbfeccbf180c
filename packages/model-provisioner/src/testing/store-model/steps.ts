import type { Kill, Operation } from "./operations.ts";
import type { SourceName } from "./sources.ts";

/** One step of a sequence. All of it is data, so that a sequence can be printed and made smaller. */
export type Step = OperateStep | PublishStep | RestartStep | DamageStep;

/** Operations at the same moment, in as many processes. */
export interface OperateStep {
  readonly step: "operate";
  readonly plays: readonly Play[];
  /** Seed of the waits between the file system calls, where there are several operations. */
  readonly jitter: number;
}

/** A source has other bytes from now on. */
export interface PublishStep {
  readonly step: "publish";
  readonly name: SourceName;
  readonly version: number;
}

/** A loss of power, and what it does to files that were not synced. */
export interface RestartStep {
  readonly step: "restart";
  /** For each such file in turn, over and over. */
  readonly losses: readonly Loss[];
}

/** What a person, or another program, does to a file of the cache. */
export interface DamageStep {
  readonly step: "damage";
  readonly pick: number;
  readonly kind: HandDamage;
}

export interface Play {
  readonly operation: Wish;
  readonly kill?: Kill;
}

/** An operation, but for the digest that is expected: what that is depends on what the sources have by then. */
export type Wish = Operation & { readonly expects?: Expectation };

export type Expectation =
  | "nothing"
  /** What the source has now. */
  | "current"
  /** What nobody has. */
  | "garbage"
  | { readonly name: SourceName; readonly version: number };

export const losses = ["none", "zeros in the tail", "a hole", "short", "gone"] as const;
export type Loss = (typeof losses)[number];

export const handDamages = [
  "overwritten",
  "longer",
  "shorter",
  "touched",
  "deleted",
  "replaced by other bytes",
  "replaced by the same bytes",
  "model folder deleted",
  "litter deleted",
] as const;
export type HandDamage = (typeof handDamages)[number];
