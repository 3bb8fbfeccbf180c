import assert from "node:assert/strict";
import { isAbsolute } from "node:path";
import type { CatalogEntry, DigestText } from "@llama-orch/catalog-core";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";
import { treeSnapshot } from "../kit/tree-snapshot.ts";
import type { StoreCases } from "./store-place.ts";

/** One record: what is put is what one gets. */
export const recordCases: StoreCases = {
  "cacheDir is absolute": async ({ store }) => {
    assert.ok(isAbsolute(store.cacheDir), `cacheDir is ${JSON.stringify(store.cacheDir)}`);
  },

  "get of an unknown id is undefined": async ({ store }) => {
    assert.equal(await store.get("mem:unknown"), undefined);
    await store.put(sampleEntry("mem:known"));
    assert.equal(await store.get("mem:unknown"), undefined);
  },

  "get gives back every field that was put": async ({ store }) => {
    for (const entry of [fullEntry(), externalEntry(), emptyFileEntry(), unicodeEntry(), largeDirectoryEntry()]) {
      await store.put(entry);
      assert.deepStrictEqual(await store.get(entry.id), entry);
    }
  },

  "ids of any characters stay apart": async ({ store }) => {
    for (const id of oddIds) await store.put(sampleEntry(id));
    for (const id of oddIds) assert.deepStrictEqual(await store.get(id), sampleEntry(id));
  },

  "an odd id that was never put is unknown": async ({ store }) => {
    for (const id of oddIds) assert.equal(await store.get(id), undefined, JSON.stringify(id));
  },

  "put replaces the whole entry": async ({ store }) => {
    const { id } = fullEntry();
    await store.put(fullEntry());
    await store.put(sampleEntry(id));
    assert.deepStrictEqual(await store.get(id), sampleEntry(id));
  },

  "changing what was put does not change the store": async ({ store }) => {
    const entry = structuredClone(fullEntry());
    await store.put(entry);
    vandalize(entry);
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "changing what get gave does not change the store": async ({ store }) => {
    await store.put(fullEntry());
    vandalize(await store.get(fullEntry().id));
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "changing what list gave does not change the store": async ({ store }) => {
    await store.put(fullEntry());
    for await (const entry of store.list()) vandalize(entry);
    assert.deepStrictEqual(await store.get(fullEntry().id), fullEntry());
  },

  "reading writes nothing": async ({ store, cacheDir }) => {
    await store.put(sampleEntry("mem:known"));
    const before = await treeSnapshot(cacheDir);
    await store.get("mem:known");
    await store.get("mem:unknown");
    for await (const entry of store.list()) assert.equal(entry.id, "mem:known");
    assert.deepStrictEqual(await treeSnapshot(cacheDir), before);
  },
};

/** Each is a file name, a path, an object key or an encoding that someone has tripped over. */
const oddIds: readonly string[] = [
  "a/b-c",
  "a-b/c",
  "a:b",
  "a/b",
  "a-b",
  "a_b",
  "hf:Org/Repo",
  "hf:org/repo",
  "..",
  ".",
  "../escape",
  "/absolute",
  "C:\\drive",
  "__proto__",
  "constructor",
  "toString",
  "index.json",
  "con",
  " ",
  "a b",
  "a%20b",
  "a+b",
  "a.json",
  "a*?\"<>|'`$",
  "tab\tnewline\n",
  "caf\u00e9",
  "cafe\u0301",
  "\u6a21\u578b",
  "\u{1f999}",
  "x".repeat(2_000),
  `${"x".repeat(1_999)}y`,
];

function fullEntry(): CatalogEntry {
  const entry = sampleDirectoryEntry("hf:org/repo@main", ["model-00001-of-00002.gguf", "model-00002-of-00002.gguf"]);
  const changed = sampleDirectoryEntry("hf:org/repo@other", ["model-00001-of-00002.gguf"]);
  return {
    ...entry,
    checks: [
      { expected: sha256("a"), actual: entry.digest, checkedMs: 1_758_240_000_001 },
      { expected: `sha512:${"b".repeat(128)}`, actual: `sha512:${"c".repeat(128)}`, checkedMs: 1_758_240_000_002 },
    ],
    drift: { digest: changed.digest, sizeBytes: changed.sizeBytes, files: changed.files, seenMs: 1_758_240_000_003 },
    provenance: {
      ...entry.provenance,
      source: "https://models.example/org/repo?download=true",
      revision: "0123456789abcdef0123456789abcdef01234567",
      validators: { etag: 'W/"quoted"', lastModified: "Fri, 19 Sep 2025 00:00:00 GMT" },
    },
  };
}

function externalEntry(): CatalogEntry {
  return sampleEntry("file:/srv/models/model.gguf", {
    location: "external",
    localPath: process.platform === "win32" ? "C:\\models\\model.gguf" : "/srv/models/model.gguf",
    lifecycle: "Retired",
    trust: "unverified",
  });
}

/** Without a stat, and with sizes at both ends of what a number holds. */
function emptyFileEntry(): CatalogEntry {
  const digest = sha256("0");
  const files = [
    { path: "empty.bin", sizeBytes: 0, digest },
    { path: "huge.bin", sizeBytes: Number.MAX_SAFE_INTEGER, digest },
  ];
  return {
    ...sampleDirectoryEntry("mem:sizes", ["empty.bin"]),
    files,
    sizeBytes: Number.MAX_SAFE_INTEGER,
    lastVerifiedMs: 0,
  };
}

function unicodeEntry(): CatalogEntry {
  return sampleDirectoryEntry("mem:\u6a21\u578b", [
    "\u6a21\u578b/caf\u00e9.gguf",
    "\u6a21\u578b/cafe\u0301.gguf",
    "\u{1f999} a'b.gguf",
  ]);
}

function largeDirectoryEntry(): CatalogEntry {
  const paths = Array.from({ length: 1_000 }, (_, index) => `shards/${index}/model.safetensors`);
  return sampleDirectoryEntry("mem:large", ["config.json", ...paths]);
}

function sha256(digit: string): DigestText {
  return `sha256:${digit.repeat(64)}`;
}

/** Does what no typed caller can: an entry is read-only in type, not in fact. */
function vandalize(entry: CatalogEntry | undefined): void {
  assert.ok(entry !== undefined);
  // A store may freeze what it gives: then nothing can be changed, and Reflect says so without throwing.
  Reflect.set(entry, "lifecycle", "Retired");
  Reflect.set(entry.provenance, "source", "elsewhere");
  Reflect.set(entry.files, 0, { path: "other", sizeBytes: 1, digest: sha256("f") });
}
