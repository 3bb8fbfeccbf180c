import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { arrive } from "./arrive.ts";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { recorded, rehashed } from "./recorded.ts";
import type { Surroundings } from "./surroundings.ts";
import { knownVerdict, vouchedDigest } from "./verdict.ts";

/**
 * Brings bytes to be judged: those that are here if they may be what the call wants, else those of the source.
 * Runs once for all calls that want the same model at the same time; `call` is the one that came first.
 */
export async function findCandidate(call: Call, around: Surroundings): Promise<Candidate> {
  const entry = await around.catalog.get(call.id);
  if (entry === undefined) return arrive(call, undefined, around);
  return (call.refresh ? undefined : await reuse(call, entry, around)) ?? arrive(call, entry, around);
}

/** The recorded bytes, if they are still themselves and may be what the call wants; read again where a stat cannot tell. */
async function reuse(call: Call, entry: CatalogEntry, around: Surroundings): Promise<Candidate | undefined> {
  const presence = await checkPresence(artifactLocation(around.catalog.cacheDir, entry), entry.files);
  if (presence === "missing") return undefined;
  if (presence === "intact" && call.verify === "auto") {
    const { known } = knownVerdict(entry, call.expected ?? vouchedDigest(entry));
    // On a mismatch the source may have what the call expects by now; only it can tell, where it may be asked.
    const mayAsk = !(call.offline && around.fetcher.network);
    return known === "mismatch" && mayAsk ? undefined : recorded(entry, around);
  }
  // External bytes are their own source, which is asked next.
  return entry.location === "managed" ? rehashed(entry, call, around) : undefined;
}
