import fc from "fast-check";
import type { Kill } from "./operations.ts";
import { type SourceName, sourceNames, versions } from "./sources.ts";
import {
  type DamageStep,
  handDamages,
  losses,
  type OperateStep,
  type Play,
  type RestartStep,
  type Step,
  type Wish,
} from "./steps.ts";

const version = fc.constantFrom(...versions);

const restart: fc.Arbitrary<RestartStep> = fc.record({
  step: fc.constant("restart" as const),
  losses: fc.array(fc.constantFrom(...losses), { minLength: 1, maxLength: 5 }),
});

const damage: fc.Arbitrary<DamageStep> = fc.record({
  step: fc.constant("damage" as const),
  pick: fc.nat(),
  kind: fc.constantFrom(...handDamages),
});

/** The first few changes are all that most operations make; an arrival makes some thirty. */
const kill: fc.Arbitrary<Kill> = fc.record({
  atChange: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 })),
  torn: fc.boolean(),
});

const collect: fc.Arbitrary<Wish> = fc.record(
  { do: fc.constant("collect" as const), maxSizeBytes: fc.nat({ max: 60_000 }) },
  { requiredKeys: ["do"] },
);

/** Sequences, each about a few of the sources, so that much happens to each. */
export const sequence: fc.Arbitrary<readonly Step[]> = fc
  .subarray([...sourceNames], { minLength: 2, maxLength: 4 })
  .chain((names) => {
    const name = fc.constantFrom(...names);
    const part = fc.oneof(
      { weight: 32, arbitrary: fc.tuple(stepAbout(name)) },
      { weight: 3, arbitrary: triedTwice(name) },
    );
    return fc.array(part, { minLength: 1, maxLength: 60, size: "max" });
  })
  .map((parts) => parts.flat());

/** An arrival that is killed on the way, and gone on with: maybe in another boot, maybe after the source has changed. */
function triedTwice(name: fc.Arbitrary<SourceName>): fc.Arbitrary<Step[]> {
  const arrival = fc.record({
    operation: ensureOne(name),
    kill: fc.record({ atChange: fc.integer({ min: 8, max: 32 }), torn: fc.boolean() }),
  });
  return fc
    .record({
      one: name,
      first: arrival,
      second: ensureOne(name),
      publish: fc.option(version, { nil: undefined }),
      restart: fc.option(restart, { nil: undefined }),
    })
    .map(({ one, first, second, publish, restart: between }): Step[] => [
      { step: "operate", plays: [about(one, first)], jitter: 0 },
      ...(publish === undefined ? [] : [{ step: "publish", name: one, version: publish } as const]),
      ...(between === undefined ? [] : [between]),
      { step: "operate", plays: [about(one, { operation: second })], jitter: 0 },
    ]);
}

function stepAbout(name: fc.Arbitrary<SourceName>): fc.Arbitrary<Step> {
  const play = playAbout(name);
  const alone = fc.tuple(play);
  const together = fc.array(play, { minLength: 2, maxLength: 3 });
  const aboutOne = fc
    .record({ plays: together, one: name })
    .map(({ plays, one }) => plays.map((each) => about(one, each)));
  return fc.oneof(
    { weight: 16, arbitrary: operate(alone, fc.constant(0)) },
    { weight: 4, arbitrary: operate(together, fc.nat()) },
    { weight: 4, arbitrary: operate(aboutOne, fc.nat()) },
    { weight: 4, arbitrary: fc.record({ step: fc.constant("publish" as const), name, version }) },
    { weight: 2, arbitrary: restart },
    { weight: 2, arbitrary: damage },
  );
}

function operate(plays: fc.Arbitrary<Play[]>, jitter: fc.Arbitrary<number>): fc.Arbitrary<OperateStep> {
  return fc.record({ step: fc.constant("operate" as const), plays, jitter });
}

/** The same, and about that model. */
function about(name: SourceName, { operation, ...play }: Play): Play {
  return { ...play, operation: operation.do === "collect" ? operation : { ...operation, name } };
}

function playAbout(name: fc.Arbitrary<SourceName>): fc.Arbitrary<Play> {
  const operation = operationAbout(name);
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ operation }) },
    { weight: 1, arbitrary: fc.record({ operation, kill }) },
  );
}

function operationAbout(name: fc.Arbitrary<SourceName>): fc.Arbitrary<Wish> {
  return fc.oneof(
    { weight: 12, arbitrary: ensureOne(name) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("remove" as const), name }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("retire" as const), name }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("verify" as const), name, repair: fc.boolean() }) },
    { weight: 3, arbitrary: collect },
  );
}

function ensureOne(name: fc.Arbitrary<SourceName>): fc.Arbitrary<Wish> {
  return fc.record({
    do: fc.constant("ensure" as const),
    name,
    expects: fc.oneof(
      { weight: 5, arbitrary: fc.constant("nothing" as const) },
      { weight: 4, arbitrary: fc.constant("current" as const) },
      { weight: 1, arbitrary: fc.constant("garbage" as const) },
      { weight: 3, arbitrary: fc.record({ name, version }) },
    ),
    onMismatch: fc.constantFrom("error", "error", "warn"),
    durability: fc.constantFrom("full", "relaxed"),
    refresh: fc.constantFrom(false, false, true),
    verify: fc.constantFrom("auto", "auto", "auto", "always"),
  });
}
