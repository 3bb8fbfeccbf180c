import { hash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { directoryDigest } from "../digest/directory-digest.ts";
import { fileErrorFrom } from "../errors/file-errors.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { importIndex, type ImportOptions, type ModelDescription } from "./import-index.ts";
import { collect } from "./testing/collect.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

/** sha256 of "abc". */
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function setting() {
  const scratch = await scratchFolder();
  const model = join(scratch, "model.gguf");
  await writeFile(model, "abc");
  const index = join(scratch, "index.json");
  const catalog = new FsCatalog(join(scratch, "cache"));
  const run = async (entries: Record<string, unknown>, options: Partial<ImportOptions> = {}) => {
    await writeFile(index, JSON.stringify(entries, undefined, 2));
    return importIndex(index, catalog, { describe: describePath, toolVersion: "1.2.3", now: () => 1000, ...options });
  };
  return { scratch, model, index, catalog, run };
}

/** An entry as the original system writes it. */
function old(id: string, local_path: string, changes: object = {}): Record<string, unknown> {
  return { [id]: { id, local_path, lifecycle: "Active", digest: null, last_verified_ms: null, ...changes } };
}

async function describePath(path: string): Promise<ModelDescription> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileErrorFrom(error, path, "read");
  });
  const digest = `sha256:${hash("sha256", bytes)}` as const;
  const files = [{ path: "model.gguf", sizeBytes: bytes.length, digest }];
  return { kind: "file", sizeBytes: bytes.length, digest, files };
}

describe("imported", () => {
  test("an entry whose digest matches is verified, one without a digest is not", async () => {
    const { catalog, model, run } = await setting();
    const report = await run({
      ...old("hf:org/repo/model.gguf", model, { digest: { algo: "sha256", value: abc.toUpperCase() } }),
      ...old(`file:${model}`, model),
    });
    expect(report).toEqual({ imported: ["hf:org/repo/model.gguf", `file:${model}`], skipped: [] });
    await expect(catalog.get("hf:org/repo/model.gguf")).resolves.toEqual({
      id: "hf:org/repo/model.gguf",
      location: "external",
      localPath: model,
      lifecycle: "Active",
      kind: "file",
      sizeBytes: 3,
      digest: `sha256:${abc}`,
      trust: "verified",
      lastVerifiedMs: 1000,
      files: [{ path: "model.gguf", sizeBytes: 3, digest: `sha256:${abc}` }],
      provenance: {
        reference: "hf:org/repo/model.gguf",
        source: model,
        fetcher: "import-index",
        fetcherVersion: "1.2.3",
        toolVersion: "1.2.3",
        startedMs: 1000,
        finishedMs: 1000,
        movedBytes: 0,
        reusedBytes: 3,
      },
    });
    await expect(catalog.get(`file:${model}`)).resolves.toMatchObject({ trust: "unverified" });
  });

  test("a retired entry stays retired", async () => {
    const { catalog, model, run } = await setting();
    await run(old("hf:org/repo", model, { lifecycle: "Retired" }));
    await expect(catalog.get("hf:org/repo")).resolves.toMatchObject({ lifecycle: "Retired" });
  });

  test("a folder, as it is described", async () => {
    const { catalog, scratch, run } = await setting();
    const files = [{ path: "a", sizeBytes: 3, digest: `sha256:${abc}` as const }];
    const description = { kind: "directory" as const, sizeBytes: 3, digest: directoryDigest(files), files };
    await run(old("hf:org/repo", scratch), { describe: async () => description });
    await expect(catalog.get("hf:org/repo")).resolves.toMatchObject({ ...description, localPath: scratch });
  });

  test("under the canonical id, and once", async () => {
    const { catalog, scratch, model, run } = await setting();
    await mkdir(join(scratch, "x"));
    const report = await run({
      ...old(`file:${scratch}/x/../model.gguf`, model),
      ...old(`file://${model}`, model),
    });
    expect(report.imported).toEqual([`file:${model}`]);
    expect(report.skipped).toEqual([{ id: `file://${model}`, reason: `the catalog has file:${model} already` }]);
    await expect(collect(catalog.list())).resolves.toMatchObject([{ id: `file:${model}` }]);
  });

  test("nothing that the catalog has already is changed", async () => {
    const { catalog, model, run } = await setting();
    await run(old("hf:org/repo", model));
    const before = await catalog.get("hf:org/repo");
    const again = await run(old("hf:org/repo", model, { lifecycle: "Retired" }), { now: () => 2000 });
    expect(again).toMatchObject({ imported: [], skipped: [{ id: "hf:org/repo" }] });
    await expect(catalog.get("hf:org/repo")).resolves.toEqual(before);
  });
});

describe("defect 3: skipped with a reason, while the others are imported:", () => {
  const good = "hf:org/good";
  test.each<readonly [string, RegExp, (model: string, scratch: string) => Record<string, unknown>]>([
    ["a missing file", /no file/, (_, scratch) => old("hf:org/x", join(scratch, "missing"))],
    [
      "another digest",
      /should be/,
      (model) => old("hf:org/x", model, { digest: { algo: "sha256", value: "0".repeat(64) } }),
    ],
    [
      "defect 15: sha512",
      /sha512/,
      (model) => old("hf:org/x", model, { digest: { algo: "sha512", value: "0".repeat(128) } }),
    ],
    ["defect 15: SHA-256", /SHA-256/, (model) => old("hf:org/x", model, { digest: { algo: "SHA-256", value: abc } })],
    ["a digest of no digits", /digest/, (model) => old("hf:org/x", model, { digest: { algo: "sha256", value: "" } })],
    ["a relative path", /relative/, () => old("hf:org/x", "model.gguf")],
    ["defect 5: an id that is none", /hf:org\//, (model) => old("hf:org/", model)],
    ["an id of two kinds", /calls itself/, (model) => ({ "hf:org/x": old("hf:org/y", model)["hf:org/y"] })],
    [
      "an unknown lifecycle",
      /^it is not an entry: lifecycle should be "Active" or "Retired"$/,
      (model) => old("hf:org/x", model, { lifecycle: "Deleted" }),
    ],
    [
      "an entry without a path",
      /^it is not an entry: local_path should be text; lifecycle should be /,
      () => ({ "hf:org/x": { id: "hf:org/x" } }),
    ],
    ["null", /^it is not an entry: it should be an object/, () => ({ "hf:org/x": null })],
  ])("%s", async (_, reason, bad) => {
    const { catalog, model, scratch, run } = await setting();
    const report = await run({ ...bad(model, scratch), ...old(good, model) });
    expect(report.imported).toEqual([good]);
    expect(report.skipped).toHaveLength(1);
    expect(report.skipped[0]?.reason).toMatch(reason);
    await expect(collect(catalog.list())).resolves.toMatchObject([{ id: good }]);
  });
});

describe("defect 1: what is no index is never an empty catalog:", () => {
  test.each(["", "  \n", "{", '{"hf:org/repo": {"id": "hf:org/re', "null", "[]", '"text"', "\0\0\0\0"])(
    "%j",
    async (text) => {
      const { catalog, index } = await setting();
      await writeFile(index, text);
      const importing = importIndex(index, catalog, { describe: describePath, toolVersion: "1.2.3" });
      await expect(importing).rejects.toMatchObject({ code: "INDEX_INVALID", facts: { path: index } });
    },
  );

  test("a missing file", async () => {
    const { catalog, scratch } = await setting();
    const importing = importIndex(join(scratch, "none.json"), catalog, {
      describe: describePath,
      toolVersion: "1.2.3",
    });
    await expect(importing).rejects.toMatchObject({ code: "FILE_NOT_FOUND", category: "not-found" });
  });

  test("a folder", async () => {
    const { catalog, scratch } = await setting();
    const importing = importIndex(scratch, catalog, { describe: describePath, toolVersion: "1.2.3" });
    await expect(importing).rejects.toMatchObject({ code: "INDEX_INVALID", facts: { path: scratch } });
  });
});

test("an abort ends the import with its own reason, and what was imported stays", async () => {
  const { catalog, model, run } = await setting();
  const stop = new AbortController();
  const reason = new Error("enough");
  let described = 0;
  const importing = run(
    { ...old("hf:org/a", model), ...old("hf:org/b", model) },
    {
      signal: stop.signal,
      describe: async (path, signal) => {
        described += 1;
        if (described === 2) stop.abort(reason);
        signal?.throwIfAborted();
        return describePath(path);
      },
    },
  );
  await expect(importing).rejects.toBe(reason);
  await expect(collect(catalog.list())).resolves.toMatchObject([{ id: "hf:org/a" }]);
});

test("a store that fails ends the import: the next entry would fare no better", async () => {
  const { model, scratch, run } = await setting();
  await writeFile(join(scratch, "cache"), "a file where the cache should be");
  await expect(run(old("hf:org/a", model))).rejects.toMatchObject({ code: "CATALOG_DIR_INVALID" });
});

test("a mistake in the program is not taken for a bad entry", async () => {
  const { model, run } = await setting();
  const mistake = new TypeError("a mistake");
  const mistaken = { describe: (): Promise<never> => Promise.reject(mistake) };
  await expect(run(old("hf:org/a", model), mistaken)).rejects.toBe(mistake);
});
