import { isDeepStrictEqual } from "node:util";
import { type CatalogEntry, type DigestCheck, type Trust, type VerificationReport } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate, Place } from "./candidate.ts";
import type { Judgement } from "./judgement.ts";

/** Checks that an entry keeps: enough for the callers of one model, few enough to keep the record small. */
const maxChecks = 8;

const trustOrder: readonly Trust[] = ["unverified", "upstream", "verified"];

/** The record of a candidate that a call has accepted. What was known of the same bytes is kept, and trust in them never sinks. */
export function acceptedEntry({ call, candidate, previous, verification }: Judgement, place: Place): CatalogEntry {
  const { description, entryPoint } = candidate;
  const known = previous?.digest === description.digest ? previous : undefined;
  const checks = withCheck(known?.checks ?? [], description.digest, verification, candidate.verifiedMs);
  return {
    id: call.id,
    location: place.location,
    localPath: place.localPath,
    lifecycle: "Active",
    kind: candidate.kind,
    ...(entryPoint !== undefined && { entryPoint }),
    sizeBytes: description.sizeBytes,
    digest: description.digest,
    trust: highest(known?.trust ?? "unverified", trustNow(call, candidate, verification)),
    lastVerifiedMs: candidate.verifiedMs,
    files: place.files,
    ...(place.unsyncedBoot !== undefined && { unsyncedBoot: place.unsyncedBoot }),
    ...(checks.length > 0 && { checks }),
    // Bytes that were used in place all along came to be known when they were first registered.
    provenance: known !== undefined && place.location === "external" ? known.provenance : candidate.provenance,
  };
}

/** The vouched record as it was, with a note of what its file has become. */
export function driftedEntry(previous: CatalogEntry, { description, verifiedMs }: Candidate): CatalogEntry {
  const { digest, sizeBytes, files } = description;
  return { ...previous, lifecycle: "Active", drift: { digest, sizeBytes, files, seenMs: verifiedMs } };
}

export function isSameRecord(a: CatalogEntry, b: CatalogEntry): boolean {
  return isDeepStrictEqual(a, b);
}

/** Whether the new record only knows more of the same bytes at the same place. */
export function isRefinement(previous: CatalogEntry, entry: CatalogEntry): boolean {
  return previous.lifecycle === "Active" && previous.digest === entry.digest && previous.localPath === entry.localPath;
}

function trustNow(call: Call, candidate: Candidate, { outcome }: VerificationReport): Trust {
  if (outcome === "pass" && call.expected !== undefined) return "verified";
  return candidate.sourceVerified ? "upstream" : "unverified";
}

function highest(a: Trust, b: Trust): Trust {
  return trustOrder.indexOf(a) > trustOrder.indexOf(b) ? a : b;
}

/** Adds what was found out about a digest that is not the entry's own, in place of what was known of it before. */
function withCheck(
  checks: readonly DigestCheck[],
  own: CatalogEntry["digest"],
  { expected, actual }: VerificationReport,
  checkedMs: number,
): readonly DigestCheck[] {
  if (expected === undefined || actual === undefined || expected === own) return checks;
  const known = checks.find((check) => check.expected === expected);
  if (known?.actual === actual) return checks;
  return [...checks.filter((check) => check !== known), { expected, actual, checkedMs }].slice(-maxChecks);
}
