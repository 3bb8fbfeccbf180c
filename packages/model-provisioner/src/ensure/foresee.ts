import { entryPath, type FetchPlan, type ResolvedModel } from "@llama-orch/catalog-core";
import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import type { Call } from "./call.ts";
import { demandOf, type PlanDemand } from "./demand.ts";
import { makePlan } from "./make-plan.ts";
import { isWanted } from "./find-candidate.ts";
import { resolved } from "./resolved.ts";
import type { Surroundings } from "./surroundings.ts";
import { isWhereWanted } from "./verdict.ts";

/**
 * What a call that is not answered at once would do: serve what is here (and note something down), or fetch by a plan.
 * Nothing is hashed to find out: what would have to be hashed first counts as here.
 */
export async function foresee(call: Call, around: Surroundings): Promise<{ present: ResolvedModel } | Foreseen> {
  const entry = await around.catalog.get(call.id);
  if (entry === undefined || call.refresh || !isWhereWanted(call, entry) || !isWanted(call, entry))
    return foreseeFetch(call, around);
  const presence = await checkPresence(artifactLocation(around.catalog.cacheDir, entry), entry);
  if (presence === "missing" || presence === "changed") return foreseeFetch(call, around);
  const { trust, digest, sizeBytes } = entry;
  const verification = { outcome: "skipped", actual: digest } as const;
  const figures = { stagedBytes: 0, verification, cached: true, trust, digest, sizeBytes };
  return { present: resolved(call, entryPath(around.catalog.cacheDir, entry), figures) };
}

interface Foreseen {
  readonly plan: FetchPlan;
  readonly demand?: PlanDemand;
}

async function foreseeFetch(call: Call, around: Surroundings): Promise<Foreseen> {
  const plan = await makePlan(call, around);
  return plan.location === "managed" ? { plan, demand: await demandOf(call, plan, around.catalog) } : { plan };
}
