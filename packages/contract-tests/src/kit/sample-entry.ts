import { hash } from "node:crypto";
import { type CatalogEntry, directoryDigest, type FileRecord } from "@llama-orch/catalog-core";

/** A well-formed entry, of a managed file unless you say otherwise. The same arguments give the same entry. */
export function sampleEntry(id: string, overrides: Partial<CatalogEntry> = {}): CatalogEntry {
  const file = sampleFile("model.gguf", id);
  return {
    id,
    location: "managed",
    localPath: `models/${hash("sha256", id).slice(0, 16)}/${file.path}`,
    lifecycle: "Active",
    kind: "file",
    sizeBytes: file.sizeBytes,
    digest: file.digest,
    trust: "verified",
    lastVerifiedMs: 1_758_240_000_000,
    files: [file],
    provenance: {
      reference: "mem:sample",
      source: "mem:sample",
      fetcher: "memory-fetcher-mem",
      fetcherVersion: "0.0.0",
      toolVersion: "0.0.0",
      startedMs: 1_758_239_999_000,
      finishedMs: 1_758_240_000_000,
      movedBytes: file.sizeBytes,
      reusedBytes: 0,
    },
    ...overrides,
  };
}

/** A well-formed entry of a managed directory of these files; the first one is its entry point. */
export function sampleDirectoryEntry(id: string, paths: readonly [string, ...string[]]): CatalogEntry {
  const files = paths.map((path) => sampleFile(path, id));
  return sampleEntry(id, {
    kind: "directory",
    localPath: `models/${hash("sha256", id).slice(0, 16)}`,
    entryPoint: paths[0],
    files,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    digest: directoryDigest(files),
  });
}

function sampleFile(path: string, id: string): FileRecord {
  const content = `${path} of ${id}`;
  return {
    path,
    sizeBytes: Buffer.byteLength(content),
    digest: `sha256:${hash("sha256", content)}`,
    stat: { mtimeNs: "1758240000123456789", inode: "9007199254740993" },
  };
}
