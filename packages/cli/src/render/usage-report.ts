import type { CacheUsage, ModelUsage, UsageTotals } from "@llama-orch/model-provisioner";
import { describeFailure, type Failure } from "./failure.ts";
import { formatBytes } from "./quantities.ts";
import { renderFacts, renderTable } from "./table.ts";

/** The largest first; by id where that does not tell. */
export function bySize(a: ModelUsage, b: ModelUsage): number {
  return b.sizeBytes - a.sizeBytes || (a.id < b.id ? -1 : 1);
}

/** The last object that `usage --json` prints. */
export interface UsageResult extends UsageTotals {
  readonly cacheDir: string;
  /** Of the file system that the cache is on; `null` where it does not tell, or there is no cache yet. */
  readonly freeBytes: number | null;
  /** Ids of models whose records cannot be read. */
  readonly unreadable: readonly string[];
  /** What could not be looked at, and counts as 0. */
  readonly unmeasured: readonly { readonly path: string; readonly error: Failure }[];
}

export function usageResult(
  { totals, unreadable, unmeasured }: CacheUsage,
  { cacheDir, freeBytes }: { readonly cacheDir: string; readonly freeBytes: number | undefined },
): UsageResult {
  const failures = unmeasured.map(({ path, error }) => ({ path, error: describeFailure(error, false) }));
  return { cacheDir, ...totals, freeBytes: freeBytes ?? null, unreadable, unmeasured: failures };
}

/** For people: a table of the models, and below it what the cache takes in all. */
export function renderUsage(models: readonly ModelUsage[], result: UsageResult): string {
  const facts = renderFacts(usageFacts(result));
  if (models.length === 0) return facts;
  return `${renderTable(["ID", "SIZE", "ONLY", "SHARED", "STATE", "PLACE"], models.map(usageRow))}\n${facts}`;
}

function usageRow({ id, sizeBytes, onlyBytes, sharedBytes, lifecycle, location }: ModelUsage): string[] {
  const isOurs = location === "managed";
  const [only, shared] = isOurs ? [formatBytes(onlyBytes), formatBytes(sharedBytes)] : ["-", "-"];
  return [id, formatBytes(sizeBytes), only, shared, lifecycle, isOurs ? "managed" : "in place"];
}

function usageFacts(totals: UsageResult): (readonly [string, string])[] {
  const { cacheDir, freeBytes } = totals;
  return [
    figure("on disk", totals.managedBytes, `below ${cacheDir}; the next four are a part of it`),
    figure("arriving", totals.arrivingBytes, "being brought, or broken off"),
    figure("unreferenced", totals.unreferencedBytes, "content that no model has"),
    figure("superseded", totals.supersededBytes, "outdated versions of models"),
    figure("damaged", totals.damagedBytes, "found damaged, and moved aside"),
    figure("saved", totals.sharedSavings, "by models that share their bytes"),
    figure("in place", totals.externalBytes, "models that are used where they lie: not ours"),
    ...(freeBytes === null ? [] : [figure("free", freeBytes, "on the file system of the cache")]),
  ];
}

function figure(name: string, bytes: number, meaning: string): readonly [string, string] {
  return [name, `${formatBytes(bytes).padStart(7)}  ${meaning}`];
}
