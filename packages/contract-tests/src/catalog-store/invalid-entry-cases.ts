import assert from "node:assert/strict";
import { type CatalogEntry, type FileRecord, isModelError } from "@llama-orch/catalog-core";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";
import type { StoreCases, StorePlace } from "./store-place.ts";

const id = "mem:invalid";
const file = sampleEntry(id);
const directory = sampleDirectoryEntry(id, ["a.gguf", "b.gguf"]);

/** What is wrong, and an entry that is wrong in that alone. */
const invalidEntries: Readonly<Record<string, CatalogEntry>> = {
  "an empty id": { ...file, id: "" },
  "a managed path with ..": { ...file, localPath: "models/../../etc/passwd" },
  "an absolute managed path": { ...file, localPath: "/etc/passwd" },
  "a managed path on a drive": { ...file, localPath: "C:\\models\\model.gguf" },
  "an empty managed path": { ...file, localPath: "" },
  "a relative external path": { ...file, location: "external", localPath: "models/model.gguf" },
  "a digest of the wrong length": { ...file, digest: "sha256:abc" },
  "a digest of another algorithm than sha256": { ...file, digest: `sha512:${"a".repeat(128)}` },
  "a digest that is not hex": { ...file, digest: `sha256:${"g".repeat(64)}` },
  "a file's bad digest": withFile({ digest: "sha256:abc" }),
  "a negative size": { ...withFile({ sizeBytes: -1 }), sizeBytes: -1 },
  "a size that is no integer": { ...withFile({ sizeBytes: 1.5 }), sizeBytes: 1.5 },
  "a size that is not the sum over its files": { ...directory, sizeBytes: directory.sizeBytes + 1 },
  "no files": { ...directory, files: [], sizeBytes: 0 },
  "two files for the kind file": { ...directory, kind: "file" },
  "a file path with ..": withFile({ path: "../model.gguf" }),
  "an absolute file path": withFile({ path: "/model.gguf" }),
  "one file path twice": {
    ...directory,
    files: [...directory.files.slice(0, 1), ...directory.files.slice(0, 1)],
    sizeBytes: sizeOf(directory.files[0]) * 2,
  },
  "an entryPoint that is not among its files": { ...directory, entryPoint: "c.gguf" },
  "userinfo in provenance.source": { ...file, provenance: { ...file.provenance, source: "https://u:p@h/model.gguf" } },
};

/** Entries that no store may take, whatever their types say. */
export const invalidEntryCases: StoreCases = Object.fromEntries(
  Object.entries(invalidEntries).map(([what, entry]) => [
    `put refuses ${what}`,
    ({ store }: StorePlace): Promise<void> => assertRefused(store, entry),
  ]),
);

async function assertRefused(store: StorePlace["store"], entry: CatalogEntry): Promise<void> {
  await store.put(file);
  await assert.rejects(store.put(entry), (error) => {
    assert.ok(isModelError(error, "ENTRY_INVALID"), `expected ENTRY_INVALID, got ${String(error)}`);
    assert.notEqual(error.hint, "");
    return true;
  });
  assert.deepStrictEqual(await store.get(id), file, "the earlier entry is not what it was");
}

function withFile(change: Partial<FileRecord>): CatalogEntry {
  const files = directory.files.map((record, index) => (index === 0 ? { ...record, ...change } : record));
  const { entryPoint: _, ...rest } = directory;
  return { ...rest, files, sizeBytes: files.reduce((sum, record) => sum + record.sizeBytes, 0) };
}

function sizeOf(record: FileRecord | undefined): number {
  return record?.sizeBytes ?? 0;
}
