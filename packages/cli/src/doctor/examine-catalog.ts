import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type DamageReport,
  FsCatalog,
  isModelError,
  type RepairReport,
} from "@llama-orch/catalog-core";
import { damageProblem } from "../open-catalog.ts";
import type { Problem } from "./problem.ts";

export interface CatalogFacts {
  readonly entries: number;
  readonly retired: number;
  /** What is no readable record. */
  readonly damaged: readonly DamageReport[];
  /** Ids of Active models whose files are gone. */
  readonly missing: readonly string[];
  /** Active models whose files have changed since they were hashed. */
  readonly stale: readonly StaleModel[];
  /** What `--repair` did. */
  readonly repair?: RepairReport;
  /** Why the catalog, or a model in it, could not be examined. */
  readonly failures: readonly Problem[];
}

/** A model, and what decides on what ensuring it does now. */
export type StaleModel = Pick<CatalogEntry, "id" | "location" | "trust">;

/** Reads every record, and looks at every file; hashes nothing. Writes only what `repair` does. */
export async function examineCatalog(cacheDir: string, repair: boolean, signal: AbortSignal): Promise<CatalogFacts> {
  const found: Findings = { entries: 0, retired: 0, damaged: [], missing: [], stale: [], failures: [] };
  try {
    const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => found.damaged.push(report) });
    const repaired = repair ? { repair: await catalog.repair() } : {};
    for await (const entry of catalog.list()) {
      signal.throwIfAborted();
      found.entries += 1;
      if (entry.lifecycle === "Retired") found.retired += 1;
      else await examineFiles(cacheDir, entry, found);
    }
    return { ...found, ...repaired };
  } catch (error) {
    noteFailure(error, found);
    return found;
  }
}

export function catalogProblems({ damaged, missing, stale, failures }: CatalogFacts): Problem[] {
  return [
    ...failures,
    ...damaged.map(damageProblem),
    ...missing.map((id) => ({
      text: `${id} is on record, and its files are gone.`,
      hint: "Ensure it again, or forget it: model-provisioner rm.",
    })),
    ...stale.map((model) => ({
      text: `${model.id} has changed since it was hashed.`,
      hint: `model-provisioner verify tells whether its bytes have. If so, ${nextEnsure(model)}`,
    })),
  ];
}

function nextEnsure({ location, trust }: StaleModel): string {
  if (location === "managed") return "ensure brings it anew.";
  if (trust !== "verified") return "ensure registers what is there now.";
  return "ensure fails with DIGEST_MISMATCH: bring the right file back, or give ensure the new digest with --digest.";
}

interface Findings {
  entries: number;
  retired: number;
  readonly damaged: DamageReport[];
  readonly missing: string[];
  readonly stale: StaleModel[];
  readonly failures: Problem[];
}

async function examineFiles(cacheDir: string, entry: CatalogEntry, found: Findings): Promise<void> {
  try {
    const presence = await checkPresence(artifactLocation(cacheDir, entry), entry);
    if (presence === "missing") found.missing.push(entry.id);
    const { id, location, trust } = entry;
    if (presence === "changed") found.stale.push({ id, location, trust });
  } catch (error) {
    noteFailure(error, found);
  }
}

function noteFailure(error: unknown, found: Findings): void {
  if (!isModelError(error)) throw error;
  found.failures.push({ text: error.message, hint: error.hint });
}
