import { describe, expect, test } from "vitest";
import type { CatalogEntry } from "./catalog-entry.ts";
import { registerSecret } from "../redact/registered-secrets.ts";
import { entryProblems, parseEntry } from "./entry-schema.ts";
import { sampleEntry } from "./testing/sample-entry.ts";

const digest = `sha256:${"ab".repeat(32)}` as const;
const sha512 = `sha512:${"ab".repeat(64)}` as const;
const file = { path: "model.gguf", sizeBytes: 5, digest };
const managed = { location: "managed", localPath: "models/org/repo/model.gguf" } as const;

/** A directory of two files. */
function directory(changes: Partial<CatalogEntry> = {}): CatalogEntry {
  const files = [file, { ...file, path: "sub/shard 2.gguf" }];
  return sampleEntry("a", { kind: "directory", localPath: "/models", files, sizeBytes: 10, ...changes });
}

describe("allowed", () => {
  test.each<readonly [string, CatalogEntry]>([
    ["a file in place", sampleEntry("a")],
    ["a managed file", sampleEntry("a", managed)],
    ["a Windows path", sampleEntry("a", { localPath: "C:\\models\\model.gguf" })],
    ["a UNC path", sampleEntry("a", { localPath: "\\\\server\\share\\model.gguf" })],
    ["an empty file", sampleEntry("a", { sizeBytes: 0, files: [{ ...file, sizeBytes: 0 }] })],
    ["a directory", directory()],
    ["a directory with an entry point", directory({ entryPoint: "sub/shard 2.gguf" })],
    ["a name with a backslash, where that is no separator", directory({ files: [file, { ...file, path: "a\\b" }] })],
    ["unicode", sampleEntry("模型", { localPath: "/模型/ü ñ.gguf" })],
    ["checks", sampleEntry("a", { checks: [{ expected: sha512, actual: sha512, checkedMs: 1 }] })],
    ["drift", sampleEntry("a", { drift: { digest, sizeBytes: 5, files: [file], seenMs: 1 } })],
  ])("%s", (_, entry) => {
    expect(entryProblems(entry)).toEqual([]);
  });
});

describe("refused", () => {
  test.each<readonly [string, object]>([
    ["id", sampleEntry("")],
    ["extra", { ...sampleEntry("a"), extra: 1 }],
    ["files.0", sampleEntry("a", { files: [{ ...file, extra: 1 } as typeof file] })],
    ["lifecycle", { ...sampleEntry("a"), lifecycle: "active" }],
    ["localPath", sampleEntry("a", { localPath: "model.gguf" })],
    ["localPath", sampleEntry("a", { localPath: "" })],
    ["localPath", sampleEntry("a", { localPath: "/models/\0" })],
    ...["/abs", "../up", "a/../b", "a/./b", "a//b", "a/", "", "C:/x", "C:x", "a\\b", "a\0b"].map(
      (localPath) => ["localPath", sampleEntry("a", { ...managed, localPath })] as const,
    ),
    ["sizeBytes", sampleEntry("a", { sizeBytes: 6 })],
    ["sizeBytes", sampleEntry("a", { sizeBytes: -5, files: [{ ...file, sizeBytes: -5 }] })],
    ["sizeBytes", sampleEntry("a", { sizeBytes: 2 ** 53, files: [{ ...file, sizeBytes: 2 ** 53 }] })],
    ["sizeBytes", sampleEntry("a", { sizeBytes: 0.5, files: [{ ...file, sizeBytes: 0.5 }] })],
    ["digest", sampleEntry("a", { digest: sha512 })],
    ["digest", sampleEntry("a", { digest: `sha256:${"AB".repeat(32)}` })],
    ["digest", sampleEntry("a", { digest: "sha256:abc" })],
    ["files", sampleEntry("a", { files: [], sizeBytes: 0 })],
    ["files", sampleEntry("a", { files: [file, { ...file, path: "b" }], sizeBytes: 10 })],
    ["files", directory({ files: [file, file] })],
    ["files", directory({ localPath: "C:\\models", files: [file, { ...file, path: "a\\b" }] })],
    ...["/abs", "../up", "a/../b", "a//b", "", ".", "a\0b"].map(
      (path) => ["files.0.path", sampleEntry("a", { files: [{ ...file, path }] })] as const,
    ),
    ["files.0.stat.inode", sampleEntry("a", { files: [{ ...file, stat: { mtimeNs: "1", inode: "0x1" } }] })],
    ["entryPoint", sampleEntry("a", { entryPoint: "model.gguf" })],
    ["entryPoint", directory({ entryPoint: "elsewhere.gguf" })],
    [
      "checks",
      sampleEntry("a", {
        checks: Array.from({ length: 9 }, () => ({ expected: digest, actual: digest, checkedMs: 1 })),
      }),
    ],
    ["checks.0", sampleEntry("a", { checks: [{ expected: sha512, actual: digest, checkedMs: 1 }] })],
    ["drift", sampleEntry("a", { drift: { digest, sizeBytes: 6, files: [file], seenMs: 1 } })],
    ["drift", directory({ entryPoint: "sub/shard 2.gguf", drift: { digest, sizeBytes: 5, files: [file], seenMs: 1 } })],
    ["drift", sampleEntry("a", { drift: { digest, sizeBytes: 10, files: [file, { ...file, path: "b" }], seenMs: 1 } })],
    [
      "drift",
      directory({
        localPath: "C:\\models",
        drift: { digest, sizeBytes: 5, files: [{ ...file, path: "a\\b" }], seenMs: 1 },
      }),
    ],
    ["drift.digest", sampleEntry("a", { drift: { digest: sha512, sizeBytes: 5, files: [file], seenMs: 1 } })],
    [
      "drift.files.0.path",
      sampleEntry("a", { drift: { digest, sizeBytes: 5, files: [{ ...file, path: "../a" }], seenMs: 1 } }),
    ],
    ["checks.0.expected", sampleEntry("a", { checks: [{ expected: "sha256:1", actual: digest, checkedMs: 1 }] })],
    ["checks.0.actual", sampleEntry("a", { checks: [{ expected: digest, actual: "sha256:1", checkedMs: 1 }] })],
    ["checks.0.checkedMs", sampleEntry("a", { checks: [{ expected: digest, actual: digest, checkedMs: -1 }] })],
    ["lastVerifiedMs", sampleEntry("a", { lastVerifiedMs: Number.NaN })],
    ["provenance", { ...sampleEntry("a"), provenance: undefined }],
  ])("for its %s: %#", (place, entry) => {
    const problems = entryProblems(JSON.parse(JSON.stringify(entry)));
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(place)]));
  });

  test("with a typed error that has every problem", () => {
    const entry = sampleEntry("a", { localPath: "relative", digest: "sha256:1" });
    expect(() => parseEntry(JSON.stringify(entry))).toThrow(
      expect.objectContaining({
        code: "ENTRY_INVALID",
        facts: { id: "a", problems: [expect.stringMatching(/^digest: /), expect.stringMatching(/^localPath: /)] },
      }),
    );
  });
});

describe("a secret cannot be recorded", () => {
  const secret = "hf_abcdefghijABCDEFGHIJabcdefghij1234";

  test.each<readonly [string, Partial<CatalogEntry["provenance"]>]>([
    ["reference", { reference: `https://user:${secret}@example.com/m.gguf` }],
    ["source", { source: `https://example.com/m.gguf?token=${secret}` }],
    ["revision", { revision: secret }],
    ["validators.etag", { validators: { etag: `Bearer ${secret}` } }],
  ])("in provenance.%s", (place, provenance) => {
    const sample = sampleEntry("a");
    const problems = entryProblems({ ...sample, provenance: { ...sample.provenance, ...provenance } });
    expect(problems).toEqual([`provenance.${place}: it holds a secret`]);
  });

  test.each(["https://user:pw@h/m", "https://h/m?token=x", `https://h/${secret}`, "oci:user:pw@reg.io/m"])(
    "in the id %s",
    (id) => {
      expect(entryProblems(sampleEntry(id))).toEqual(["id: it holds a secret"]);
    },
  );

  test("a value that happens to be part of a path is no reason to refuse the path", () => {
    const forget = registerSecret("models");
    try {
      expect(entryProblems(sampleEntry("file:/models/a.gguf", { provenance: withoutPaths }))).toEqual([]);
      expect(entryProblems(sampleEntry("https://h/models", { provenance: withoutPaths }))).toEqual([
        "id: it holds a secret",
      ]);
    } finally {
      forget();
    }
  });

  const withoutPaths = { ...sampleEntry("a").provenance, reference: "[redacted]", source: "[redacted]" };
});
