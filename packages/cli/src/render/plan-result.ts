import type { CatalogStore, DigestText, FetchPlan, PlannedFile } from "@llama-orch/catalog-core";
import type { EnsurePlan } from "@llama-orch/model-provisioner";
import { describeExtent } from "./quantities.ts";

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
      /** `null` when the source does not tell. */
      readonly sizeBytes: number | null;
      /** Empty when the source does not tell before it has brought them. */
      readonly files: readonly PlannedFile[];
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

export function planResult({ id, present, plan }: EnsurePlan, conflict?: Conflict): PlanResult {
  if (plan === undefined) return { id, dryRun: true, present: true, localPath: present?.localPath ?? "" };
  const { location, kind, source, revision, files } = plan;
  const sizeBytes = plannedBytes(plan);
  const more = { ...(revision !== undefined && { revision }), ...(conflict !== undefined && { conflict }) };
  return { id, dryRun: true, present: false, location, kind, source, sizeBytes, files, ...more };
}

/** The same as a sentence. */
export function renderPlan({ id, present, plan }: EnsurePlan, conflict?: Conflict): string {
  if (plan === undefined) return `${id} is here already: ${present?.localPath ?? ""}`;
  const sizeBytes = plannedBytes(plan);
  const what = describeExtent(plan.isOpen === true ? null : plan.files.length, sizeBytes);
  const done =
    plan.location === "external"
      ? `${id} would be hashed and registered where it lies: ${what}`
      : `${id} would be ${plan.ref.kind === "file" ? "copied into the cache" : "fetched"} from ${plan.source}: ${what}`;
  if (conflict === undefined) return done;
  const { expected, recorded } = conflict;
  return `${done}; it would fail unless the source has ${expected}, since ${recorded} is on record`;
}

function plannedBytes({ files, isOpen = false }: FetchPlan): number | null {
  if (isOpen) return null;
  const sizes = files.map(({ sizeBytes }) => sizeBytes);
  return sizes.reduce<number | null>((sum, size) => (sum === null || size === undefined ? null : sum + size), 0);
}
