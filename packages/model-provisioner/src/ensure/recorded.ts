import { artifactLocation, describeArtifact } from "@llama-orch/artifact-store";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { hashProgress } from "./progress.ts";
import type { Surroundings } from "./surroundings.ts";

/** The candidate that an entry itself is: nothing is read, nothing moves. */
export function recorded(entry: CatalogEntry, { catalog }: Surroundings): Candidate {
  const { location, localPath, files } = entry;
  return {
    kind: entry.kind,
    entryPoint: entry.entryPoint,
    description: entry,
    artifact: artifactLocation(catalog.cacheDir, entry),
    cached: true,
    sourceVerified: entry.trust === "upstream",
    verifiedMs: entry.lastVerifiedMs,
    provenance: entry.provenance,
    publish: async () => ({ location, localPath, files, stagedBytes: 0 }),
    dispose: async () => {},
  };
}

/** The managed bytes of an entry, read again. `undefined` for other bytes than the recorded ones: damage, to be brought anew. */
export async function rehashed(entry: CatalogEntry, call: Call, around: Surroundings): Promise<Candidate | undefined> {
  const description = await describeArtifact(
    artifactLocation(around.catalog.cacheDir, entry),
    entry.files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    {
      ...(call.expected?.algorithm === "sha512" && { alsoAlgorithm: "sha512" }),
      signal: around.signal,
      onProgress: hashProgress(around.emit),
    },
  );
  if (description.digest !== entry.digest) return undefined;
  const { location, localPath } = entry;
  return {
    ...recorded(entry, around),
    description,
    verifiedMs: Date.now(),
    publish: async () => ({ location, localPath, files: description.files, stagedBytes: 0 }),
  };
}
