import type { CatalogEntry } from "../catalog-entry.ts";

/** A valid entry of a file used in place. `version` tells two entries of one id apart. */
export function sampleEntry(
  id: string,
  { version = "1", ...changes }: Partial<CatalogEntry> & { version?: string } = {},
): CatalogEntry {
  const digest = `sha256:${"ab".repeat(32)}` as const;
  return {
    id,
    location: "external",
    localPath: "/models/model.gguf",
    lifecycle: "Active",
    kind: "file",
    sizeBytes: 5,
    digest,
    trust: "unverified",
    lastVerifiedMs: 1_764_000_000_000,
    files: [{ path: "model.gguf", sizeBytes: 5, digest, stat: { mtimeNs: "1764000000000000001", inode: "12345" } }],
    provenance: {
      reference: "file:/models/model.gguf",
      source: "/models/model.gguf",
      revision: version,
      fetcher: "fetcher-file",
      fetcherVersion: "1.0.0",
      toolVersion: "1.0.0",
      startedMs: 1_764_000_000_000,
      finishedMs: 1_764_000_000_001,
      movedBytes: 0,
      reusedBytes: 5,
    },
    ...changes,
  };
}
