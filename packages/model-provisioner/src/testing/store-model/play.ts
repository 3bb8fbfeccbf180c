import type { DigestText } from "@llama-orch/catalog-core";
import { flawsOf, isBroken } from "./flaws.ts";
import { damage, restart } from "./damage.ts";
import { judge } from "./judge.ts";
import { lookAt } from "./look.ts";
import type { EnsureOperation, Operation, Order, Outcome } from "./operations.ts";
import { isAbout, type Played } from "./scene.ts";
import { digestOf, sha256, sourceNames } from "./sources.ts";
import type { Expectation, OperateStep, Play, Step, Wish } from "./steps.ts";
import type { Workers } from "./workers.ts";
import type { World } from "./world.ts";

/** What a sequence has come to: for whoever wants to know that the test plays what it says. */
export type Tally = Map<string, number>;

export interface Stage {
  readonly workers: Workers;
  readonly tally: Tally;
}

/**
 * Plays a sequence in a cache of its own, and looks at all of it after each step.
 * @throws what is wrong, one sentence a line, with the steps that led to it.
 */
export async function playSequence(world: World, steps: readonly Step[], stage: Stage): Promise<void> {
  for (const [index, step] of steps.entries()) {
    const problems = await playStep(world, step, stage);
    if (problems.length > 0)
      throw new Error(`After step ${index + 1}, ${JSON.stringify(step)}:\n${problems.join("\n")}`);
  }
}

async function playStep(world: World, step: Step, stage: Stage): Promise<readonly string[]> {
  count(stage.tally, step.step);
  switch (step.step) {
    case "operate":
      return operate(world, step, stage);
    case "publish":
      world.publish(step.name, step.version);
      break;
    case "restart":
      await restart(world, step);
      break;
    case "damage":
      damage(world, step);
      break;
  }
  world.seen = await lookAt(world.cacheDir);
  world.flaws = flawsOf(world.seen, world.synced);
  return [];
}

async function operate(
  world: World,
  { plays, jitter }: OperateStep,
  { workers, tally }: Stage,
): Promise<readonly string[]> {
  const orders = plays.map((play) => orderFor(world, play, plays.length > 1 ? jitter : undefined));
  for (const { operation } of orders) noteExpected(world, operation);
  const outcomes = await workers.perform(orders);
  const played = orders.map(({ operation }, index): Played => {
    const outcome: Outcome = outcomes[index] ?? { came: "killed" };
    count(tally, `${operation.do}: ${outcome.came === "error" ? outcome.code : outcome.came}`);
    return { operation, outcome };
  });
  for (const { what, inode } of workers.newSyncs()) {
    if (what === "synced") world.synced.add(inode);
    else world.synced.delete(inode);
  }
  const after = await lookAt(world.cacheDir);
  const flaws = flawsOf(after, world.synced);
  const known = new Set([...world.flaws, ...excused(world, played)]);
  const problems = judge({ world, before: world.seen, after, played });
  const newFlaws = [...flaws].filter((flaw) => !known.has(flaw));
  [world.seen, world.flaws] = [after, flaws];
  return [...problems, ...newFlaws, ...(problems.length + newFlaws.length > 0 ? [told(played)] : [])];
}

/**
 * Whoever takes a model away puts the bytes out of sight first: killed then, it leaves the record. So does whoever had just
 * written the record anew, and was to look for the bytes.
 */
function excused(world: World, played: readonly Played[]): readonly string[] {
  const killed = played.filter(({ outcome }) => outcome.came === "killed").map(({ operation }) => operation);
  const removed = sourceNames.filter(
    (name) =>
      played.some((one) => one.operation.do === "remove" && isAbout(one, name)) &&
      killed.some((operation) => operation.do !== "collect" && operation.name === name),
  );
  const isCollected = killed.some((operation) => operation.do === "collect" && operation.maxSizeBytes !== undefined);
  const retired = [...world.seen.entries.values()].filter(({ lifecycle }) => lifecycle === "Retired");
  return [...removed.map((name) => world.idOf(name)), ...(isCollected ? retired.map(({ id }) => id) : [])].map(
    isBroken,
  );
}

function told(played: readonly Played[]): string {
  return `Played:\n${played.map((one) => JSON.stringify(one, undefined, 1)).join("\n")}`.replaceAll("\\n", "\n");
}

function orderFor(world: World, { operation, kill }: Play, jitter: number | undefined): Order {
  const { cacheDir, sources, boot } = world;
  return {
    operation: wished(world, operation),
    cacheDir,
    sources,
    state: { versions: { ...world.versions }, boot },
    ...(kill && { kill }),
    ...(jitter !== undefined && { jitter }),
  };
}

function wished(world: World, { expects = "nothing", ...operation }: Wish): Operation {
  if (operation.do !== "ensure") return operation;
  const expected = expectedDigest(world, operation, expects);
  return { ...operation, ...(expected !== undefined && { expected }) };
}

function expectedDigest(world: World, { name }: EnsureOperation, expects: Expectation): DigestText | undefined {
  switch (expects) {
    case "nothing":
      return undefined;
    case "current":
      return world.currentDigest(name);
    case "garbage":
      return sha256(Buffer.from("what nobody has"));
    default:
      return digestOf(expects.name, expects.version);
  }
}

function noteExpected(world: World, operation: Operation): void {
  if (operation.do === "ensure" && operation.expected !== undefined) {
    world.vouched.get(operation.name)?.add(operation.expected);
  }
}

function count(tally: Tally, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}
