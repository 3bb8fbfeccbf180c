import type { CatalogStore, DigestText, FetchPlan, PlannedFile } from "@llama-orch/catalog-core";
import type { EnsurePlan, PlanDemand } from "@llama-orch/model-provisioner";
import { describeExtent, formatBytes } from "./quantities.ts";

/** What `ensure --dry-run --json` prints for a reference. */
export type PlanResult =
  | { readonly id: string; readonly dryRun: true; readonly present: true; readonly localPath: string }
  | {
      readonly id: string;
      readonly dryRun: true;
      readonly present: false;
      /** `external`: it would be used where it lies. */
      readonly location: "managed" | "external";
      readonly kind: "file" | "directory";
      readonly source: string;
      readonly revision?: string;
      /** How the source lays the model out, where it knows several ways. */
      readonly layout?: string;
      /** `null` when the source does not tell. */
      readonly sizeBytes: number | null;
      /** Empty when the source does not tell before it has brought them. */
      readonly files: readonly PlannedFile[];
      /** What is here already, and whether the rest fits; absent where nothing would be brought into the cache. */
      readonly demand?: PlanDemand;
      /** It would fail unless the source has other bytes than those on record. */
      readonly conflict?: Conflict;
    };

/** What is expected, and what is on record. */
export interface Conflict {
  readonly expected: DigestText;
  readonly recorded: DigestText;
}

/** Whether what would be asked for is not what was here. Only sha256 tells: records hold no other. */
export async function conflictOf(
  { id, plan }: EnsurePlan,
  expected: DigestText | undefined,
  catalog: CatalogStore,
): Promise<Conflict | undefined> {
  if (plan === undefined || expected?.startsWith("sha256:") !== true) return undefined;
  const recorded = (await catalog.get(id))?.digest;
  return recorded === undefined || recorded === expected ? undefined : { expected, recorded };
}

export function planResult({ id, present, plan, demand }: EnsurePlan, conflict?: Conflict): PlanResult {
  if (plan === undefined) return { id, dryRun: true, present: true, localPath: present?.localPath ?? "" };
  const { location, kind, source, revision, layout, files } = plan;
  const sizeBytes = plannedBytes(plan);
  const more = {
    ...(revision !== undefined && { revision }),
    ...(layout !== undefined && { layout }),
    ...(demand !== undefined && { demand }),
    ...(conflict !== undefined && { conflict }),
  };
  return { id, dryRun: true, present: false, location, kind, source, sizeBytes, files, ...more };
}

/** The same as a sentence. */
export function renderPlan({ id, present, plan, demand }: EnsurePlan, conflict?: Conflict): string {
  if (plan === undefined) return `${id} is here already: ${present?.localPath ?? ""}`;
  const sizeBytes = plannedBytes(plan);
  const what = describeExtent(plan.isOpen === true ? null : plan.files.length, sizeBytes);
  const layout = plan.layout === undefined ? "" : ` (${plan.layout})`;
  const done =
    plan.location === "external"
      ? `${id} would be hashed and registered where it lies: ${what}`
      : `${id} would be ${plan.ref.kind === "file" ? "copied into the cache" : "fetched"} from ${plan.source}${layout}: ${what}`;
  const taken = demand === undefined ? done : [done, ...renderDemand(demand)].join("; ");
  if (conflict === undefined) return taken;
  const { expected, recorded } = conflict;
  return `${taken}; it would fail unless the source has ${expected}, since ${recorded} is on record`;
}

function renderDemand(demand: PlanDemand): readonly string[] {
  const { presentFiles, presentBytes, leftBytes, neededBytes, freeBytes, promisedBytes, fits } = demand;
  const here = [
    ...(presentFiles === 0 ? [] : [`${describeExtent(presentFiles, presentBytes)} of it here already`]),
    ...(leftBytes === 0 ? [] : [`${formatBytes(leftBytes)} left of an earlier attempt`]),
  ];
  // What is not known was said of the whole already.
  const needs = neededBytes === null ? [] : [`takes ${formatBytes(neededBytes)}`];
  if (freeBytes === null) return [...here, ...needs];
  const promised = promisedBytes === 0 ? "" : `, ${formatBytes(promisedBytes)} of them promised to other models`;
  const verdict = fits === false ? ": it does not fit" : "";
  return [...here, [...needs, `${formatBytes(freeBytes)} are free${promised}${verdict}`].join(", and ")];
}

function plannedBytes({ files, isOpen = false }: FetchPlan): number | null {
  if (isOpen) return null;
  const sizes = files.map(({ sizeBytes }) => sizeBytes);
  return sizes.reduce<number | null>((sum, size) => (sum === null || size === undefined ? null : sum + size), 0);
}
