import { artifactLocation, describeArtifact } from "@llama-orch/artifact-store";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { hashOptions } from "./hash-options.ts";
import type { Surroundings } from "./surroundings.ts";

/** The candidate that an entry itself is: nothing is read, nothing moves. */
export function recorded(entry: CatalogEntry, { catalog }: Pick<Surroundings, "catalog">): Candidate {
  const { location, localPath, files } = entry;
  return {
    kind: entry.kind,
    location,
    entryPoint: entry.entryPoint,
    description: entry,
    where: () => artifactLocation(catalog.cacheDir, entry),
    cached: true,
    askedSource: false,
    sourceVerified: entry.trust === "upstream",
    verifiedMs: entry.lastVerifiedMs,
    provenance: entry.provenance,
    publish: async () => ({ location, localPath, files, stagedBytes: 0 }),
    dispose: async () => {},
  };
}

/** The recorded files of an entry, read again. `undefined` for other bytes than the recorded ones. */
export async function rehashed(entry: CatalogEntry, call: Call, around: Surroundings): Promise<Candidate | undefined> {
  const artifact = artifactLocation(around.catalog.cacheDir, entry);
  const description = await describeArtifact(artifact, entry.files, hashOptions(call, around));
  if (description.digest !== entry.digest) return undefined;
  const { location, localPath } = entry;
  return {
    ...recorded(entry, around),
    description,
    verifiedMs: Date.now(),
    publish: async () => ({ location, localPath, files: description.files, stagedBytes: 0 }),
  };
}
