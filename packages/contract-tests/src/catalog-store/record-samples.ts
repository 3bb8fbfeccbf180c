import type { CatalogEntry, DigestText } from "@llama-orch/catalog-core";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";

/** Each is a file name, a path, an object key or an encoding that someone has tripped over. */
export const oddIds: readonly string[] = [
  "a/b-c",
  "a-b/c",
  "a:b",
  "a/b",
  "a//b",
  "a/./b",
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

/** An entry in which every field is given. */
export function fullEntry(): CatalogEntry {
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

/** Entries that a store may not have thought of. */
export function uncommonEntries(): readonly CatalogEntry[] {
  return [externalEntry(), emptyFileEntry(), unicodeEntry(), largeDirectoryEntry()];
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
