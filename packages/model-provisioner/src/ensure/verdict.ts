import {
  type CatalogEntry,
  type Digest,
  type DigestText,
  formatDigest,
  parseDigest,
  type VerificationReport,
} from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";

/** What is known, without reading a byte, of an entry's bytes against what a call expects. */
export type KnownVerdict =
  | { readonly known: "pass" | "skipped"; readonly report: VerificationReport }
  /** `recorded`: this very pair was met before, and is on record. */
  | {
      readonly known: "mismatch";
      readonly recorded: boolean;
      readonly expected: DigestText;
      readonly actual: DigestText;
    }
  /** The expected digest is of an algorithm that these bytes were never hashed with. */
  | { readonly known: "nothing" };

/** Compares an expected digest (the caller's, else the one on record) with what the entry says of its bytes. */
export function knownVerdict(entry: CatalogEntry, expected: Digest | undefined): KnownVerdict {
  if (expected === undefined) return { known: "skipped", report: { outcome: "skipped", actual: entry.digest } };
  const wanted = formatDigest(expected);
  const check = entry.checks?.findLast((past) => past.expected === wanted);
  const actual = check?.actual ?? (expected.algorithm === "sha256" ? entry.digest : undefined);
  if (actual === undefined) return { known: "nothing" };
  if (actual === wanted) return { known: "pass", report: passed(wanted) };
  return { known: "mismatch", recorded: check !== undefined, expected: wanted, actual };
}

/** Whether an entry's bytes lie where the call wants them. A copy in the cache is as good as the file in its place. */
export function isWhereWanted(call: Pick<Call, "wantsManaged">, { location }: Pick<CatalogEntry, "location">): boolean {
  return location === "managed" || !call.wantsManaged;
}

/** The digest that a caller once vouched for. It stands for every later call that gives none. */
export function vouchedDigest(entry: CatalogEntry | undefined): Digest | undefined {
  return entry?.trust === "verified" ? parseDigest(entry.digest) : undefined;
}

export function passed(digest: DigestText): VerificationReport {
  return { outcome: "pass", expected: digest, actual: digest };
}

export function warned(expected: DigestText, actual: DigestText): VerificationReport {
  return { outcome: "warn", expected, actual };
}
