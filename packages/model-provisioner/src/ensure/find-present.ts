import {
  type CatalogEntry,
  type CatalogStore,
  entryPath,
  formatDigest,
  type ResolvedModel,
  type Trust,
  type VerificationReport,
} from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { isIntact } from "./is-intact.ts";
import { resolved } from "./resolved.ts";
import { isWhereWanted, knownVerdict, vouchedDigest, warned } from "./verdict.ts";

/**
 * The fast path: the model is on record, its files are there as recorded, and what the call expects is known of them.
 * One small document and a stat for each file are read; nothing is hashed, asked or written.
 * `undefined`: there is something to find out, or to note down.
 */
export async function findPresent(call: Call, catalog: CatalogStore): Promise<ResolvedModel | undefined> {
  if (call.refresh || call.verify === "always") return undefined;
  const entry = await catalog.get(call.id);
  if (entry?.lifecycle !== "Active" || !isWhereWanted(call, entry)) return undefined;
  // Whoever wants to be safe from a loss of power is not served what was not waited for.
  if (call.durability === "full" && entry.unsyncedBoot !== undefined) return undefined;
  const verification = acceptable(call, entry);
  if (verification === undefined || !(await isIntact(entry, catalog))) return findDrifted(call, entry, catalog);
  return present(call, { entry, bytes: entry, trust: entry.trust, verification }, catalog);
}

/** What is known of the entry's bytes, if it lets the call succeed and there is nothing new to note in it. */
function acceptable(call: Call, entry: CatalogEntry): VerificationReport | undefined {
  const verdict = knownVerdict(entry, call.expected ?? vouchedDigest(entry));
  switch (verdict.known) {
    case "nothing":
      return undefined;
    case "skipped":
      return verdict.report;
    case "pass":
      // A caller vouches for these bytes for the first time: that is to be recorded.
      return call.expected !== undefined && entry.trust !== "verified" ? undefined : verdict.report;
    case "mismatch":
      return verdict.recorded && call.onMismatch === "warn" ? warned(verdict.expected, verdict.actual) : undefined;
  }
}

/** An external model that has changed since somebody vouched for it, for a caller that accepts that: known without a second hash. */
async function findDrifted(call: Call, entry: CatalogEntry, catalog: CatalogStore): Promise<ResolvedModel | undefined> {
  if (entry.drift === undefined || call.onMismatch !== "warn") return undefined;
  const expected = call.expected === undefined ? entry.digest : formatDigest(call.expected);
  if (expected !== entry.digest || !(await isIntact({ ...entry, files: entry.drift.files }, catalog))) return undefined;
  const verification = warned(expected, entry.drift.digest);
  return present(call, { entry, bytes: entry.drift, trust: "unverified", verification }, catalog);
}

interface Found {
  readonly entry: CatalogEntry;
  /** What is there, which may have changed since the entry was made. */
  readonly bytes: Pick<CatalogEntry, "digest" | "sizeBytes">;
  readonly trust: Trust;
  readonly verification: VerificationReport;
}

function present(call: Call, { entry, bytes, trust, verification }: Found, { cacheDir }: CatalogStore): ResolvedModel {
  const localPath = entryPath(cacheDir, entry);
  call.emit({ type: "model-present", localPath, sizeBytes: bytes.sizeBytes });
  if (verification.outcome === "warn" && verification.expected !== undefined && verification.actual !== undefined) {
    call.emit({
      type: "digest-mismatch",
      expected: verification.expected,
      actual: verification.actual,
      policy: "warn",
    });
  }
  const { digest, sizeBytes } = bytes;
  return resolved(call, localPath, { stagedBytes: 0, verification, cached: true, trust, digest, sizeBytes });
}
