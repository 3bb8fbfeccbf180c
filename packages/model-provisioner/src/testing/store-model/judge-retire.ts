import { isDeepStrictEqual } from "node:util";
import type { Outcome, RetireOperation } from "./operations.ts";
import { type Act, isAlone, isBeingRemoved, wrong } from "./scene.ts";

export function judgeRetire({ name }: RetireOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after } = act;
  const id = world.idOf(name);
  // Gone between the look and the change, or after it.
  const mayBeGone = isBeingRemoved(name, act) || act.rivals.some(({ operation }) => operation.do === "collect");
  if (outcome.came === "error") {
    return wrong(!(mayBeGone && outcome.code === "ENTRY_NOT_FOUND") && `Retiring ${name} failed with ${outcome.code}.`);
  }
  if (mayBeGone || !isAlone(name, act)) return [];
  const was = before.entries.get(id);
  const expected = was && { ...was, lifecycle: "Retired" };
  return wrong(
    outcome.came !== (was === undefined ? "absent" : "retired") && `Retiring ${name} came to ${outcome.came}.`,
    !isDeepStrictEqual(after.entries.get(id), expected) && `${id} was retired, and is not, or is another.`,
  );
}
