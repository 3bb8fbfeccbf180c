import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { arrive } from "./arrive.ts";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { recorded, rehashed } from "./recorded.ts";
import type { Surroundings, TurnSurroundings } from "./surroundings.ts";
import { isWhereWanted, knownVerdict, vouchedDigest } from "./verdict.ts";

/**
 * Brings bytes to be judged: those that are here if they may be what the call wants, else those of the source.
 * Runs once for all calls that want the same model on the same terms; `call` is the one that came first.
 */
export async function findCandidate(call: Call, around: TurnSurroundings): Promise<Candidate> {
  const entry = await around.catalog.get(call.id);
  if (entry === undefined || !isWhereWanted(call, entry)) return arrive(call, undefined, around);
  const here = call.refresh ? undefined : await proved(call, entry, around);
  if (here === undefined) return arrive(call, call.refresh ? entry : undefined, around);
  // On a mismatch the source may have what the call expects by now; only it can tell, where it may be asked.
  return isWanted(call, entry) || !mayAsk(call, around) ? here : arrive(call, entry, around);
}

/**
 * The recorded bytes, if they are still themselves: by their stat where that is enough for the call, else read again.
 * `undefined`: they are gone or damaged, and nothing that only their record says of them may be believed.
 */
async function proved(call: Call, entry: CatalogEntry, around: Surroundings): Promise<Candidate | undefined> {
  const presence = await checkPresence(artifactLocation(around.catalog.cacheDir, entry), entry);
  if (presence === "intact" && call.verify === "auto") return recorded(entry, call, around);
  // A changed external file is its own source, which is asked next; a changed managed one may only have been touched.
  const isWorthReading = presence === "intact" || presence === "unproved" || entry.location === "managed";
  return presence !== "missing" && isWorthReading ? rehashed(entry, call, around) : undefined;
}

/** Whether what is known of the recorded bytes speaks against them. */
export function isWanted(call: Call, entry: CatalogEntry): boolean {
  return knownVerdict(entry, call.expected ?? vouchedDigest(entry)).known !== "mismatch";
}

export function mayAsk(call: Call, { fetcher }: Pick<Surroundings, "fetcher">): boolean {
  return !(call.offline && fetcher.network);
}
