import type { CatalogEntry, FetchPlan } from "@llama-orch/catalog-core";
import { arriveInPlace } from "./arrive-in-place.ts";
import { arriveManaged } from "./arrive-managed.ts";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { makePlan } from "./make-plan.ts";
import { recorded, rehashed } from "./recorded.ts";
import { hasSameContent } from "./same-content.ts";
import type { Surroundings, TurnSurroundings } from "./surroundings.ts";

/** What the source has, about to be brought. */
export interface Planned {
  readonly plan: FetchPlan;
  /** When the source was asked, ms since 1970. */
  readonly startedMs: number;
}

/**
 * Asks the source, and brings what it has.
 * @param entry what is here, if it may be believed: used where the source says that it has the same.
 */
export async function arrive(
  call: Call,
  entry: CatalogEntry | undefined,
  around: TurnSurroundings,
): Promise<Candidate> {
  const startedMs = Date.now();
  const plan = await makePlan(call, around);
  const same = entry === undefined ? undefined : await sameContent(call, entry, { plan, around });
  if (same !== undefined) return { ...same, askedSource: true };
  return plan.location === "managed"
    ? arriveManaged(call, { plan, startedMs }, around)
    : arriveInPlace(call, { plan, startedMs }, around);
}

/** The recorded bytes, where the source says that it has just these, and they are here: by stat, or read again if the call wants that. */
async function sameContent(
  call: Call,
  entry: CatalogEntry,
  { plan, around }: { readonly plan: FetchPlan; readonly around: Surroundings },
): Promise<Candidate | undefined> {
  if (!(await hasSameContent(entry, plan, around.catalog.cacheDir))) return undefined;
  return call.verify === "always" ? rehashed(entry, call, around) : recorded(entry, call, around);
}
