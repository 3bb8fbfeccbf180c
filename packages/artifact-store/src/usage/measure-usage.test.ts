import { rm, unlink } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepContent } from "../publish/keep-content.ts";
import { externalEntry, type ModelCache, modelCache, treeSnapshot } from "../survey/testing/model-cache.ts";
import { beforeEachCall } from "../testing/fs-calls.ts";
import { measureUsage } from "./measure-usage.ts";
import type { ModelUsage } from "./measure-models.ts";

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(() => cache[Symbol.asyncDispose]());

async function usageOf(id: string): Promise<ModelUsage | undefined> {
  return (await measureUsage(cache.catalog)).models.find((model) => model.id === id);
}

const nothing = {
  managedBytes: 0,
  supersededBytes: 0,
  damagedBytes: 0,
  arrivingBytes: 0,
  unreferencedBytes: 0,
  referencedBytes: 0,
  sharedSavings: 0,
  externalBytes: 0,
};

describe("a model", () => {
  test("that shares nothing is all its own, though its content has a name as well", async () => {
    await cache.add("mem:a", { "a.gguf": "12345", "sub/b.gguf": "678" }, { lifecycle: "Retired" });
    expect(await measureUsage(cache.catalog)).toEqual({
      models: [{ id: "mem:a", lifecycle: "Retired", location: "managed", sizeBytes: 8, sharedBytes: 0, onlyBytes: 8 }],
      totals: { ...nothing, managedBytes: 8, referencedBytes: 8 },
      unreadable: [],
      unmeasured: [],
    });
  });

  test("that shares with another one would give back only what that does not have", async () => {
    await cache.add("mem:a", { a: "shared", b: "own" });
    await cache.add("mem:b", { x: "shared" });
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 9, sharedBytes: 6, onlyBytes: 3 });
    expect(await usageOf("mem:b")).toMatchObject({ sizeBytes: 6, sharedBytes: 6, onlyBytes: 0 });
    const { totals } = await measureUsage(cache.catalog);
    expect(totals).toEqual({ ...nothing, managedBytes: 9, referencedBytes: 15, sharedSavings: 6 });
  });

  test("with the same content twice has it once, and shares it with nobody", async () => {
    await cache.add("mem:a", { a: "twice", b: "twice" });
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 10, sharedBytes: 0, onlyBytes: 5 });
    const { totals } = await measureUsage(cache.catalog);
    expect(totals).toMatchObject({ managedBytes: 5, referencedBytes: 10, sharedSavings: 5 });
  });

  test("with a superseded version would give that back as well; what its versions share is its own", async () => {
    await cache.publish("mem:a", { a: "older", b: "same" });
    await cache.add("mem:a", { a: "newest", b: "same" });
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 10, sharedBytes: 0, onlyBytes: 15 });
    const { totals } = await measureUsage(cache.catalog);
    expect(totals).toEqual({ ...nothing, managedBytes: 15, supersededBytes: 5, referencedBytes: 10 });
  });

  test("whose content lost its name is measured all the same", async () => {
    await cache.add("mem:a", { a: "12345" });
    await unlink(cache.blob("12345"));
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 5, sharedBytes: 0, onlyBytes: 5 });
  });

  test("counts as far as it is there", async () => {
    const { localPath } = await cache.add("mem:a", { a: "12345", b: "678" });
    await unlink(cache.at(localPath, "b"));
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 5, onlyBytes: 5 });
    await rm(cache.at("models"), { recursive: true });
    expect(await usageOf("mem:a")).toMatchObject({ sizeBytes: 0, sharedBytes: 0, onlyBytes: 0 });
  });

  test("that is used in place takes nothing of the cache", async () => {
    await cache.write("outside.gguf", "12345");
    await cache.catalog.put(await externalEntry("file:x", cache.at("outside.gguf")));
    await cache.catalog.put({ ...(await externalEntry("file:y", cache.at("outside.gguf"))), localPath: "/nowhere" });
    expect(await usageOf("file:x")).toMatchObject({ location: "external", sizeBytes: 5, sharedBytes: 0, onlyBytes: 0 });
    expect(await usageOf("file:y")).toMatchObject({ location: "external", sizeBytes: 0 });
    expect((await measureUsage(cache.catalog)).totals).toEqual({ ...nothing, externalBytes: 5 });
  });
});

test("what is in no model is told apart, each file once, and the parts make the whole", async () => {
  await cache.add("mem:a", { a: "in use" });
  await cache.publish("mem:a", { a: "in use", b: "superseded" });
  await cache.publish("mem:b", { b: "superseded" });
  await cache.write("damaged/0123456789abcdef-01234567/a", "damaged");
  const { ingest, description } = await cache.arrive("mem:c", { a: "arriving" });
  await keepContent({ cacheDir: cache.cacheDir, ingest, description });
  await cache.write("blobs/unsynced/an-earlier-boot/" + "a".repeat(64), "unreferenced");
  const { totals } = await measureUsage(cache.catalog);
  expect(totals).toEqual({
    ...nothing,
    managedBytes: "in usesupersededdamagedarrivingunreferenced".length,
    supersededBytes: "superseded".length,
    damagedBytes: "damaged".length,
    arrivingBytes: "arriving".length,
    unreferencedBytes: "unreferenced".length,
    referencedBytes: "in use".length,
  });
});

test("a model whose record cannot be read is named, and what it has is in use", async () => {
  await cache.add("mem:a", { a: "12345" });
  await cache.damageRecord("mem:a");
  expect(await measureUsage(cache.catalog)).toEqual({
    models: [],
    totals: { ...nothing, managedBytes: 5 },
    unreadable: ["mem:a"],
    unmeasured: [],
  });
});

test("what may not be looked at is named", async () => {
  await cache.add("mem:a", { a: "12345" });
  let isDenied = true;
  await beforeEachCall(cache.cacheDir, async ({ name, path }) => {
    if (isDenied && name === "readdir" && path === "models")
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  });
  const usage = await measureUsage(cache.catalog);
  isDenied = false;
  expect(usage.unmeasured).toMatchObject([{ path: "models", error: { code: "FILE_NOT_READABLE" } }]);
  expect(usage.models).toMatchObject([{ id: "mem:a", sizeBytes: 0 }]);
});

test("measuring writes nothing, and an empty cache is no error", async () => {
  await cache.add("mem:a", { a: "12345" });
  const before = await treeSnapshot(cache.cacheDir);
  await measureUsage(cache.catalog);
  expect(await treeSnapshot(cache.cacheDir)).toEqual(before);
  await rm(cache.cacheDir, { recursive: true });
  expect(await measureUsage(cache.catalog)).toEqual({ models: [], totals: nothing, unreadable: [], unmeasured: [] });
});

test("an abort is thrown as it is", async () => {
  const reason = new Error("enough");
  await expect(measureUsage(cache.catalog, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
