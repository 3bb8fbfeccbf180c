import type { GarbageItem, GarbageReport, SkippedGarbage } from "@llama-orch/model-provisioner";
import type { Problem } from "../doctor/problem.ts";
import { describeFailure, type Failure } from "./failure.ts";
import { formatBytes, formatCount } from "./quantities.ts";

/** What a collection was asked to do. */
export interface GcTerms {
  readonly dryRun: boolean;
  readonly graceMs: number;
  readonly maxSizeBytes: number | undefined;
}

/** One thing that went, or would go. Columns of a fixed width, since the lines come one by one. */
export function gcLine({ kind, bytes, path, id }: GarbageItem): string {
  const name = kind === "retired" ? (id ?? path) : path;
  return `${kind.padEnd(7)}  ${formatBytes(bytes).padStart(7)}  ${name}`;
}

/** The last object that `gc --json` prints. */
export interface GcTotals {
  readonly cacheDir: string;
  readonly dryRun: boolean;
  /** The number of objects before it. */
  readonly removed: number;
  readonly freedBytes: number;
  /** What the cache takes from now on. */
  readonly keptBytes: number;
  /** How much of that is above `--max-size`. */
  readonly overBytes: number;
  readonly skipped: readonly (Omit<SkippedGarbage, "error"> & { readonly error?: Failure })[];
}

export function gcTotals(
  { items, freedBytes, keptBytes, overBytes, skipped }: GarbageReport,
  { cacheDir, dryRun }: Pick<GcTotals, "cacheDir" | "dryRun">,
): GcTotals {
  const leftOver = skipped.map(({ path, reason, error }) => ({
    path,
    reason,
    ...(error !== undefined && { error: describeFailure(error, false) }),
  }));
  return { cacheDir, dryRun, removed: items.length, freedBytes, keptBytes, overBytes, skipped: leftOver };
}

const hourMs = 3_600_000;

/** The same as a sentence. */
export function gcSummary({ items, freedBytes, keptBytes }: GarbageReport, { dryRun, graceMs }: GcTerms): string {
  const kept = formatBytes(keptBytes);
  if (items.length === 0) {
    const grace = graceMs === 0 ? "" : ` that is older than ${Number((graceMs / hourMs).toFixed(2))} h`;
    return `nothing to remove${grace}; the cache takes ${kept}`;
  }
  const retired = items.filter(({ kind }) => kind === "retired").length;
  const models = formatCount(retired, "retired model");
  const things = formatCount(items.length, "thing");
  const what = retired === items.length ? models : retired === 0 ? things : `${things}, with ${models}`;
  return dryRun
    ? `would free ${formatBytes(freedBytes)} (${what}); the cache would take ${kept} then`
    : `freed ${formatBytes(freedBytes)} (${what}); the cache takes ${kept} now`;
}

/** What was left alone though it looked like garbage, but for what failed; with a hint where something is to be done. */
export function leftAlone({ skipped }: GarbageReport): (Pick<Problem, "text"> & Partial<Problem>)[] {
  return skipped.flatMap(({ path, reason, error }) => {
    switch (reason) {
      case "busy":
        return [{ text: `left alone: ${path} (another process is at work on that model)` }];
      case "unknown":
        return [{ text: `left alone: ${path} (nothing that this program puts there)` }];
      case "unreadable":
        return [
          {
            text: `${path} is left alone: ${error?.message ?? "the record of its model cannot be read, or nothing says which model it is."}`,
            hint: error?.hint ?? "model-provisioner doctor tells which records cannot be read, and what helps.",
          },
        ];
      case "failed":
        return [];
    }
  });
}

/** Of a cache that stays larger than it should be. */
export function overSize(
  { keptBytes, overBytes, skipped }: GarbageReport,
  { dryRun, maxSizeBytes = 0 }: GcTerms,
): Problem | undefined {
  if (overBytes === 0) return undefined;
  const takes = dryRun ? "would still take" : "takes";
  const sizes = `${formatBytes(keptBytes)}, which is ${formatBytes(overBytes)} more than ${formatBytes(maxSizeBytes)}`;
  const others = skipped.length === 0 ? "" : ", or was left alone for the reasons above";
  return {
    text: `The cache ${takes} ${sizes}: what is left is in use, or younger than the grace period${others}.`,
    hint: "Retire models that are not needed (model-provisioner retire ID), and run gc again; model-provisioner usage shows what takes the room.",
  };
}
