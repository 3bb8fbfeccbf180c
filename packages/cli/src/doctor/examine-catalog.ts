import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type DamageReport,
  FsCatalog,
  isModelError,
  type RepairReport,
} from "@llama-orch/catalog-core";
import { damageText } from "../render/damage-text.ts";
import type { Problem } from "./problem.ts";

export interface CatalogFacts {
  readonly entries: number;
  readonly retired: number;
  /** What is no readable record. */
  readonly damaged: readonly DamageReport[];
  /** Ids of Active models whose files are gone. */
  readonly missing: readonly string[];
  /** Ids of Active models whose files have changed since they were hashed. */
  readonly stale: readonly string[];
  /** What `--repair` did. */
  readonly repair?: RepairReport;
  /** Why the catalog, or a model in it, could not be examined. */
  readonly failures: readonly Problem[];
}

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
    ...damaged.map((report) => ({
      text: damageText(report),
      hint: "model-provisioner doctor --repair moves it aside; then ensure its model again.",
    })),
    ...missing.map((id) => ({
      text: `${id} is on record, and its files are gone.`,
      hint: "Ensure it again, or forget it: model-provisioner rm.",
    })),
    ...stale.map((id) => ({
      text: `${id} has changed since it was hashed.`,
      hint: "model-provisioner verify tells whether its bytes have; ensure registers what is there now.",
    })),
  ];
}

interface Findings {
  entries: number;
  retired: number;
  readonly damaged: DamageReport[];
  readonly missing: string[];
  readonly stale: string[];
  readonly failures: Problem[];
}

async function examineFiles(cacheDir: string, entry: CatalogEntry, found: Findings): Promise<void> {
  try {
    const presence = await checkPresence(artifactLocation(cacheDir, entry), entry.files);
    if (presence === "missing") found.missing.push(entry.id);
    if (presence === "changed") found.stale.push(entry.id);
  } catch (error) {
    noteFailure(error, found);
  }
}

function noteFailure(error: unknown, found: Findings): void {
  if (!isModelError(error)) throw error;
  found.failures.push({ text: error.message, hint: error.hint });
}
