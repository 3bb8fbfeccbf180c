import { type CatalogEntry, entryPath } from "@llama-orch/catalog-core";
import { formatBytes, formatCount } from "./quantities.ts";

/** A record as `--json` prints it: all of it, with `localPath` made absolute, as `ensure` has it. */
export function entryResult(cacheDir: string, entry: CatalogEntry): CatalogEntry {
  return { ...entry, localPath: entryPath(cacheDir, entry) };
}

/** The same for people: the names and values worth reading. */
export function entryFacts(cacheDir: string, entry: CatalogEntry): (readonly [string, string])[] {
  const { provenance, checks = [], drift } = entry;
  return [
    ["id", entry.id],
    ["path", entryPath(cacheDir, entry)],
    ["location", entry.location === "managed" ? "managed (in the cache)" : "external (used where it lies)"],
    ["state", entry.lifecycle],
    ["size", `${formatBytes(entry.sizeBytes)} (${entry.sizeBytes} bytes, ${formatCount(entry.files.length, "file")})`],
    ["digest", entry.digest],
    ["trust", entry.trust],
    ["hashed", formatTime(entry.lastVerifiedMs)],
    ...(entry.unsyncedBoot === undefined
      ? []
      : [["durability", "relaxed: hashed once more when this machine has been started anew"] as const]),
    ...checks.map(
      ({ expected, actual }) =>
        ["checked", expected === actual ? `${expected} matches` : `${expected} expected, ${actual} found`] as const,
    ),
    ...(drift === undefined ? [] : [["changed", `${formatTime(drift.seenMs)} to ${drift.digest}`] as const]),
    ["asked for", provenance.reference],
    ["source", provenance.source],
    ...(provenance.revision === undefined ? [] : [["revision", provenance.revision] as const]),
    ["brought by", `${provenance.fetcher} ${provenance.fetcherVersion}`],
    ["moved", `${formatBytes(provenance.movedBytes)} (${formatBytes(provenance.reusedBytes)} were here already)`],
    ["registered", formatTime(provenance.finishedMs)],
  ];
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}
