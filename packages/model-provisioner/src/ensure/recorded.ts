import { artifactFile, artifactLocation, distrustFile, settleUnsynced } from "@llama-orch/artifact-store";
import { type CatalogEntry, isModelError } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate, Place } from "./candidate.ts";
import { describeRecorded } from "./describe-recorded.ts";
import { hashOptions } from "./hash-options.ts";
import type { Surroundings } from "./surroundings.ts";

/** The candidate that an entry itself is: nothing is read, nothing moves. */
export function recorded(
  entry: CatalogEntry,
  call: Call,
  around: Pick<Surroundings, "catalog" | "settings">,
): Candidate {
  return {
    kind: entry.kind,
    location: entry.location,
    entryPoint: entry.entryPoint,
    description: entry,
    where: () => artifactLocation(around.catalog.cacheDir, entry),
    cached: true,
    askedSource: false,
    sourceVerified: entry.trust === "upstream",
    verifiedMs: entry.lastVerifiedMs,
    provenance: entry.provenance,
    publish: async () => {
      const mustWait = call.durability === "full" && entry.unsyncedBoot !== undefined;
      return mustWait ? syncedPlace(entry, around) : placeOf(entry);
    },
    withdraw: async () => {},
    keep: async () => false,
    dispose: async () => {},
  };
}

/**
 * The recorded files of an entry, read again. `undefined` when they are gone, and for other bytes than the recorded ones,
 * which nobody is to take for them.
 */
export async function rehashed(entry: CatalogEntry, call: Call, around: Surroundings): Promise<Candidate | undefined> {
  const { cacheDir } = around.catalog;
  const artifact = artifactLocation(cacheDir, entry);
  const description = await describeRecorded(entry, around.catalog, hashOptions(call, around));
  if (description === undefined) return undefined;
  if (description.digest !== entry.digest) {
    const actual = new Map(description.files.map(({ path, digest }) => [path, digest]));
    const damaged = entry.files.filter(({ path, digest }) => actual.get(path) !== digest);
    if (entry.location === "managed") {
      for (const { path, digest } of damaged) await distrustFile(cacheDir, artifactFile(artifact, path), digest);
    }
    return undefined;
  }
  const now = { ...entry, files: description.files };
  return {
    ...recorded(entry, call, around),
    description,
    verifiedMs: Date.now(),
    // What was just read from another boot is on the disk.
    publish: async () => (entry.unsyncedBoot === undefined ? placeOf(now) : syncedPlace(now, around)),
  };
}

function placeOf({ location, localPath, files, unsyncedBoot }: CatalogEntry): Place {
  return { location, localPath, files, stagedBytes: 0, ...(unsyncedBoot !== undefined && { unsyncedBoot }) };
}

/** The entry's place, once its bytes are on the disk. Where nothing may be written they are no less right, only to be read again. */
async function syncedPlace(
  entry: CatalogEntry,
  { catalog: { cacheDir }, settings }: Pick<Surroundings, "catalog" | "settings">,
): Promise<Place> {
  const { unsyncedBoot: _, ...synced } = placeOf(entry);
  try {
    await settleUnsynced(cacheDir, artifactLocation(cacheDir, entry), entry.files);
    return synced;
  } catch (error) {
    if (!isModelError(error) || error.category !== "not-allowed") throw error;
    settings.logger.warn("the model's bytes could not be synced", { id: entry.id, code: error.code });
    return placeOf(entry);
  }
}
