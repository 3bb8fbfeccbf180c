import type { FetchPlan, PlannedFile } from "@llama-orch/catalog-core";
import type { EnsurePlan } from "@llama-orch/model-provisioner";
import { formatBytes, formatCount } from "./quantities.ts";

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
      readonly files: readonly PlannedFile[];
    };

export function planResult({ id, present, plan }: EnsurePlan): PlanResult {
  if (plan === undefined) return { id, dryRun: true, present: true, localPath: present?.localPath ?? "" };
  const { location, kind, source, revision, files } = plan;
  const sizeBytes = plannedBytes(plan);
  const revised = revision === undefined ? {} : { revision };
  return { id, dryRun: true, present: false, location, kind, source, ...revised, sizeBytes, files };
}

/** The same as a sentence. */
export function renderPlan({ id, present, plan }: EnsurePlan): string {
  if (plan === undefined) return `${id} is here already: ${present?.localPath ?? ""}`;
  const sizeBytes = plannedBytes(plan);
  const size = sizeBytes === null ? "size unknown" : formatBytes(sizeBytes);
  const what = `${formatCount(plan.files.length, "file")}, ${size}`;
  return plan.location === "external"
    ? `${id} would be hashed and registered where it lies: ${what}`
    : `${id} would be fetched from ${plan.source}: ${what}`;
}

function plannedBytes({ files }: FetchPlan): number | null {
  const sizes = files.map(({ sizeBytes }) => sizeBytes);
  return sizes.reduce<number | null>((sum, size) => (sum === null || size === undefined ? null : sum + size), 0);
}
