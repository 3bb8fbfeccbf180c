import fc from "fast-check";
import type { Kill, Operation } from "./operations.ts";
import { type SourceName, sourceNames, versions } from "./sources.ts";

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
  readonly losses: readonly { readonly pick: number; readonly kind: Loss }[];
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

const losses = ["zeros in the tail", "a hole", "short", "gone"] as const;
export type Loss = (typeof losses)[number];

const handDamages = [
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

const name = fc.constantFrom(...sourceNames);
const version = fc.constantFrom(...versions);

const expectation: fc.Arbitrary<Expectation> = fc.oneof(
  { weight: 5, arbitrary: fc.constant("nothing" as const) },
  { weight: 4, arbitrary: fc.constant("current" as const) },
  { weight: 1, arbitrary: fc.constant("garbage" as const) },
  { weight: 2, arbitrary: fc.record({ name, version }) },
);

const ensure: fc.Arbitrary<Wish> = fc.record({
  do: fc.constant("ensure" as const),
  name,
  expects: expectation,
  onMismatch: fc.constantFrom("error", "error", "warn"),
  durability: fc.constantFrom("full", "relaxed"),
  refresh: fc.constantFrom(false, false, true),
  verify: fc.constantFrom("auto", "auto", "auto", "always"),
});
const remove: fc.Arbitrary<Wish> = fc.record({ do: fc.constant("remove" as const), name });
const retire: fc.Arbitrary<Wish> = fc.record({ do: fc.constant("retire" as const), name });
const verify: fc.Arbitrary<Wish> = fc.record({ do: fc.constant("verify" as const), name, repair: fc.boolean() });
const collect: fc.Arbitrary<Wish> = fc.record(
  { do: fc.constant("collect" as const), maxSizeBytes: fc.nat({ max: 60_000 }) },
  { requiredKeys: ["do"] },
);

const operation = fc.oneof(
  { weight: 12, arbitrary: ensure },
  { weight: 2, arbitrary: remove },
  { weight: 3, arbitrary: retire },
  { weight: 3, arbitrary: verify },
  { weight: 3, arbitrary: collect },
);

const kill = fc.record({
  atChange: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
  torn: fc.boolean(),
});
const peaceful: fc.Arbitrary<Play> = fc.record({ operation });
const killed: fc.Arbitrary<Play> = fc.record({ operation, kill });
const play = fc.oneof({ weight: 5, arbitrary: peaceful }, { weight: 1, arbitrary: killed });

const alone = fc.array(play, { minLength: 1, maxLength: 1 });
const together = fc.array(play, { minLength: 2, maxLength: 3 });
/** The same, and all about one model. */
const aboutOne = fc
  .record({ plays: together, name })
  .map(({ plays, name: one }): Play[] =>
    plays.map((each) =>
      each.operation.do === "collect" ? each : { ...each, operation: { ...each.operation, name: one } },
    ),
  );

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({ step: fc.constant("operate" as const), plays: alone, jitter: fc.constant(0) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      step: fc.constant("operate" as const),
      plays: fc.oneof(together, aboutOne),
      jitter: fc.nat(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ step: fc.constant("publish" as const), name, version }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("restart" as const),
      losses: fc.array(fc.record({ pick: fc.nat(), kind: fc.constantFrom(...losses) }), { maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant("damage" as const),
      pick: fc.nat(),
      kind: fc.constantFrom(...handDamages),
    }),
  },
);
