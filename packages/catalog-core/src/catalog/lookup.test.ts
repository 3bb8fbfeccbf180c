import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseModelRef } from "../model-ref/parse-model-ref.ts";
import { modelId } from "../model-ref/model-id.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { entryPath, exists, locate } from "./lookup.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";
import { treeSnapshot } from "./testing/tree-snapshot.ts";
import { withPermissions } from "./testing/with-permissions.ts";

/** A model in a file, a catalog that has it, and a reference to it that is not canonical. */
async function setting() {
  const scratch = await scratchFolder();
  const path = join(scratch, "model.gguf");
  await writeFile(path, "bytes");
  const catalog = new FsCatalog(join(scratch, "cache"));
  const id = modelId(parseModelRef(path));
  await catalog.put(sampleEntry(id, { localPath: path }));
  return { scratch, path, id, catalog, reference: `${scratch}/./elsewhere/../model.gguf` };
}

test("a model is found by its id, by a reference as one writes it, and by a parsed one", async () => {
  const { catalog, id, path, reference } = await setting();
  for (const form of [id, path, reference, parseModelRef(path)]) {
    await expect(exists(catalog, form)).resolves.toBe(true);
    await expect(locate(catalog, form)).resolves.toBe(path);
  }
});

test("an id that is no reference is found too", async () => {
  const { catalog } = await setting();
  await catalog.put(sampleEntry("hf:/not a reference"));
  await expect(exists(catalog, "hf:/not a reference")).resolves.toBe(true);
});

test("what is not recorded is not there, and what cannot be recorded is refused", async () => {
  const { catalog } = await setting();
  await expect(exists(catalog, "hf:org/repo")).resolves.toBe(false);
  await expect(locate(catalog, "hf:org/repo")).resolves.toBeUndefined();
  await expect(exists(catalog, "")).rejects.toMatchObject({ code: "REF_INVALID" });
  await expect(locate(catalog, "hf:org/")).rejects.toMatchObject({ code: "REF_INVALID" });
});

test("a retired model is not there", async () => {
  const { catalog, id } = await setting();
  await catalog.setState(id, "Retired");
  await expect(exists(catalog, id)).resolves.toBe(false);
  await expect(locate(catalog, id)).resolves.toBeUndefined();
});

test("a model whose file is gone, or has become something else, exists as a record and is not located", async () => {
  const { catalog, id, path } = await setting();
  await rm(path);
  await expect(exists(catalog, id)).resolves.toBe(true);
  await expect(locate(catalog, id)).resolves.toBeUndefined();
  await writeFile(path, "more bytes");
  await expect(locate(catalog, id)).resolves.toBeUndefined();
  await rm(path);
  await mkdir(path);
  await expect(locate(catalog, id)).resolves.toBeUndefined();
  await expect(locate(catalog, join(path, "below", "it"))).resolves.toBeUndefined();
});

test("of a directory the entry point is located, or else the directory", async () => {
  const { catalog, scratch, path } = await setting();
  const { files } = sampleEntry("a");
  await catalog.put(sampleEntry("whole", { kind: "directory", localPath: scratch, files }));
  await catalog.put(sampleEntry("entered", { kind: "directory", localPath: scratch, files, entryPoint: "model.gguf" }));
  await expect(locate(catalog, "whole")).resolves.toBe(scratch);
  await expect(locate(catalog, "entered")).resolves.toBe(path);
  await writeFile(path, "more bytes");
  await expect(locate(catalog, "entered")).resolves.toBeUndefined();
});

test("looking up writes nothing", async () => {
  const { catalog, scratch, id } = await setting();
  const before = await treeSnapshot(scratch);
  for (const form of [id, "hf:org/absent"]) {
    await exists(catalog, form);
    await locate(catalog, form);
  }
  await expect(treeSnapshot(scratch)).resolves.toEqual(before);
});

test.skipIf(process.platform === "win32")("a folder that may only be read will do", async () => {
  const { catalog, scratch, id, path } = await setting();
  await withPermissions(scratch, 0o555, async () => {
    await expect(writeFile(join(scratch, "new"), "")).rejects.toMatchObject({ code: "EACCES" });
    await expect(exists(catalog, id)).resolves.toBe(true);
    await expect(locate(catalog, id)).resolves.toBe(path);
    await expect(locate(catalog, "hf:org/absent")).resolves.toBeUndefined();
  });
});

test("the path of an entry has the form of the place it lies at", () => {
  const external = { location: "external" } as const;
  const managed = { location: "managed", localPath: "models/m" } as const;
  expect(entryPath("/cache", { ...external, localPath: "/m//x.gguf" })).toBe("/m//x.gguf");
  expect(entryPath("/cache", { ...external, localPath: "/m", entryPoint: "a/b.gguf" })).toBe("/m/a/b.gguf");
  expect(entryPath("/cache", { ...external, localPath: "C:\\m", entryPoint: "a/b.gguf" })).toBe("C:\\m\\a\\b.gguf");
  expect(entryPath("/cache", { ...external, localPath: "\\\\s\\m", entryPoint: "a" })).toBe("\\\\s\\m\\a");
  expect(entryPath("/cache", managed)).toBe(join("/cache", "models", "m"));
  expect(entryPath("/cache", { ...managed, entryPoint: "a/b.gguf" })).toBe(
    join("/cache", "models", "m", "a", "b.gguf"),
  );
});
