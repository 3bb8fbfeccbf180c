import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isModelError } from "@llama-orch/catalog-core";
import { sampleDirectoryEntry, sampleEntry } from "../kit/sample-entry.ts";
import { treeSnapshot } from "../kit/tree-snapshot.ts";
import { listedIds, type StoreCases } from "./store-place.ts";

/** Lifecycle and deletion. */
export const stateCases: StoreCases = {
  "setState changes the lifecycle, both ways, and nothing else": async ({ store }) => {
    const entry = sampleDirectoryEntry("hf:org/repo", ["a.gguf", "b.gguf"]);
    await store.put(entry);
    for (const lifecycle of ["Retired", "Retired", "Active"] as const) {
      await store.setState(entry.id, lifecycle);
      assert.deepStrictEqual(await store.get(entry.id), { ...entry, lifecycle });
    }
  },

  "setState leaves other entries alone": async ({ store }) => {
    for (const id of ["a/b-c", "a-b/c"]) await store.put(sampleEntry(id));
    await store.setState("a/b-c", "Retired");
    assert.deepStrictEqual(await store.get("a-b/c"), sampleEntry("a-b/c"));
  },

  "setState of an unknown id fails with ENTRY_NOT_FOUND": async ({ store }) => {
    await assert.rejects(store.setState("mem:unknown", "Active"), isNotFound);
  },

  "setState of an unknown id creates nothing": async ({ store }) => {
    await store.setState("mem:unknown", "Active").catch(() => {});
    assert.equal(await store.get("mem:unknown"), undefined);
    assert.deepStrictEqual(await listedIds(store), []);
  },

  "delete forgets the entry, and says whether there was one": async ({ store }) => {
    await store.put(sampleEntry("mem:a"));
    await store.put(sampleEntry("mem:b"));
    assert.equal(await store.delete("mem:a"), true);
    assert.equal(await store.get("mem:a"), undefined);
    assert.deepStrictEqual(await listedIds(store), ["mem:b"]);
    assert.equal(await store.delete("mem:a"), false);
    assert.equal(await store.delete("mem:never"), false);
    await assert.rejects(store.setState("mem:a", "Active"), isNotFound);
  },

  "delete never touches managed bytes": async ({ store, cacheDir }) => {
    const entry = sampleEntry("mem:managed");
    const path = join(cacheDir, ...entry.localPath.split("/"));
    await keep(path);
    await store.put(entry);
    await store.delete(entry.id);
    assert.equal(await readFile(path, "utf8"), "the model");
  },

  "delete never touches external bytes": async ({ store, cacheDir }) => {
    const folder = join(cacheDir, "someone-elses");
    const file = join(folder, "model.gguf");
    await keep(file);
    await store.put(sampleEntry("file:external", { location: "external", localPath: file }));
    await store.put({
      ...sampleDirectoryEntry("file:external-folder", ["model.gguf"]),
      location: "external",
      localPath: folder,
    });
    const before = await treeSnapshot(folder);
    await store.delete("file:external");
    await store.delete("file:external-folder");
    assert.deepStrictEqual(await treeSnapshot(folder), before);
  },

  "an id with path segments deletes nothing but its record": async ({ store, cacheDir }) => {
    const path = join(cacheDir, "bystander", "model.gguf");
    await keep(path);
    for (const id of ["../bystander", "bystander", path, "bystander/model.gguf"]) {
      assert.equal(await store.delete(id), false);
      await store.put(sampleEntry(id));
      assert.equal(await store.delete(id), true);
    }
    assert.equal(await readFile(path, "utf8"), "the model");
  },

  "put after delete starts afresh": async ({ store }) => {
    const entry = sampleEntry("mem:again", { lifecycle: "Retired", trust: "unverified" });
    await store.put(entry);
    await store.delete(entry.id);
    await store.put(sampleEntry(entry.id));
    assert.deepStrictEqual(await store.get(entry.id), sampleEntry(entry.id));
    assert.deepStrictEqual(await listedIds(store), [entry.id]);
  },
};

function isNotFound(error: unknown): boolean {
  return isModelError(error, "ENTRY_NOT_FOUND") && error.category === "not-found" && error.hint !== "";
}

async function keep(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "the model");
}
