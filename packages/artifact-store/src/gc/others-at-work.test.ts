import { readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogStore } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { filesBelow } from "../files-below.ts";
import type { HolderNote } from "../locks/holder-note.ts";
import { openModelLock } from "../locks/model-lock.ts";
import { entryOf, type ModelCache, modelCache, storeLike } from "../survey/testing/model-cache.ts";
import { names } from "../testing/test-cache.ts";
import { collectGarbage } from "./collect-garbage.ts";

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(async () => {
  vi.useRealTimers();
  await cache[Symbol.asyncDispose]();
});

describe("what another process is at work on", () => {
  test.each(["version", "ingest", "retired"] as const)(
    "is left alone and reported, if it is of kind %s",
    async (kind) => {
      if (kind === "version") await cache.publish("mem:a", { a: "one" });
      if (kind === "ingest") await cache.write(`${cache.ingestOf("mem:a")}/tree/a`);
      if (kind === "retired") await cache.add("mem:a", { a: "one" }, { lifecycle: "Retired" });
      const path = kind === "ingest" ? cache.ingestOf("mem:a") : cache.folderOf("mem:a");
      const holder = await openModelLock(cache.cacheDir, "mem:a");
      expect(holder.tryHold()).toBe("held");

      const collect = (): ReturnType<typeof collectGarbage> =>
        collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 });
      expect(await collect()).toMatchObject({ items: [], skipped: [{ path, reason: "busy" }] });
      await holder.release();
      expect((await collect()).items[0]).toMatchObject({ kind });
      expect(await names(cache.layout.locks)).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.lock$/)]);
    },
  );

  test("is judged by its age alone where nothing can be locked", async () => {
    await cache.publish("mem:a", { a: "one" });
    await cache.add("mem:r", { a: "two" }, { lifecycle: "Retired" });
    await rm(cache.layout.locks, { recursive: true, force: true });
    await cache.write("locks");
    expect(await collectGarbage(cache.catalog, { maxSizeBytes: 0 })).toMatchObject({ items: [], overBytes: 6 });
    const { items } = await collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 });
    expect(items.map(({ kind }) => kind)).toEqual(["version", "folder", "retired"]);
  });
});

/** The catalog; before it is asked of an id for the n-th time, something happens. */
function storeBefore(look: number, happen: () => Promise<unknown>): CatalogStore {
  let looks = 0;
  return storeLike(cache.catalog, {
    async isUnreadable(id) {
      looks += 1;
      if (looks === look) await happen();
      return cache.catalog.isUnreadable(id);
    },
  });
}

/** 1: under the lock. 2: after it is out of sight, which only matters beside someone who works without the lock. */
describe.each([1, 2])("before the look number %i at the record", (look) => {
  test("an old version becomes the current one again, and stays", async () => {
    const older = await cache.publish("mem:a", { a: "older" });
    const newer = await cache.add("mem:a", { a: "newer" });
    const store = storeBefore(look, () => cache.catalog.put(entryOf("mem:a", older)));
    const { items } = await collectGarbage(store, { graceMs: 0 });
    expect(items).toEqual([]);
    expect(await readFile(cache.at(older.localPath, "a"), "utf8")).toBe("older");
    expect(await readFile(cache.at(newer.localPath, "a"), "utf8")).toBe("newer");
    expect(await names(cache.at("ingest"))).toEqual([]);
  });

  test("an old version is brought anew, and is there", async () => {
    const older = await cache.publish("mem:a", { a: "older" });
    await cache.add("mem:a", { a: "newer" });
    const store = storeBefore(look, () => cache.add("mem:a", { a: "older" }));
    await collectGarbage(store, { graceMs: 0 });
    expect(await readFile(cache.at(older.localPath, "a"), "utf8")).toBe("older");
    await collectGarbage(cache.catalog, { graceMs: 0 });
    expect(await readFile(cache.at(older.localPath, "a"), "utf8")).toBe("older");
    expect(await cache.shown("mem:a")).toHaveLength(1);
    expect(await names(cache.at("ingest"))).toEqual([]);
  });

  test("the record becomes unreadable, and everything stays", async () => {
    const older = await cache.publish("mem:a", { a: "older" });
    const newer = await cache.add("mem:a", { a: "newer" });
    const store = storeBefore(look, () => cache.damageRecord("mem:a"));
    await collectGarbage(store, { graceMs: 0 });
    expect(await readFile(cache.at(older.localPath, "a"), "utf8")).toBe("older");
    expect(await readFile(cache.at(newer.localPath, "a"), "utf8")).toBe("newer");
  });
});

/** The catalog; something happens between the survey of the folders and the listing of the records. */
function storeAfterSurvey(happen: () => Promise<unknown>): CatalogStore {
  return storeLike(cache.catalog, {
    async *list() {
      await happen();
      yield* cache.catalog.list();
    },
  });
}

test("an arrival that somebody has gone on with and left again since it was surveyed stays", async () => {
  const path = `${cache.ingestOf("mem:a")}/tree/a`;
  await cache.write(path);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10 });
  const store = storeAfterSurvey(async () => {
    do await cache.write(path, "more");
    while (Math.floor((await stat(cache.at(path))).ctimeMs) <= Date.now());
  });
  expect(await collectGarbage(store, { graceMs: 0 })).toMatchObject({ items: [], skipped: [] });
  expect(await readFile(cache.at(path), "utf8")).toBe("more");
});

test("what is removed since it was surveyed is nobody's error", async () => {
  await cache.publish("mem:a", { a: "one" });
  await cache.write(`${cache.ingestOf("mem:b")}/tree/a`);
  await cache.write("ingest/removed-0123456789abcdef/a");
  await cache.write("damaged/0123456789abcdef-01234567/a");
  await cache.write("damaged/0123456789abcdef-76543210");
  await cache.write("blobs/unsynced/an-earlier-boot/" + "a".repeat(64));
  const store = storeAfterSurvey(async () => {
    for (const folder of ["models", "ingest", "damaged", "blobs"]) await rm(cache.at(folder), { recursive: true });
  });
  expect(await collectGarbage(store, { graceMs: 0 })).toMatchObject({ items: [], skipped: [], freedBytes: 0 });
});

test("content that a model links to since it was surveyed keeps its name", async () => {
  await cache.publish("mem:gone", { a: "shared" });
  await rm(cache.at(cache.folderOf("mem:gone")), { recursive: true });
  const store = storeAfterSurvey(() => cache.add("mem:a", { x: "shared" }));
  expect(await collectGarbage(store, { graceMs: 0 })).toMatchObject({ items: [], freedBytes: 0 });
  expect((await stat(cache.blob("shared"))).nlink).toBe(2);
});

test("content that was replaced since it was surveyed is another one's", async () => {
  const name = "a".repeat(64);
  await cache.write(`blobs/sha256/aa/${name}`, "old");
  const store = storeAfterSurvey(async () => {
    await rename(cache.at(`blobs/sha256/aa/${name}`), cache.at("elsewhere"));
    await cache.write(`blobs/sha256/aa/${name}`, "new");
  });
  expect(await collectGarbage(store, { graceMs: 0 })).toMatchObject({ items: [], freedBytes: 0 });
  expect(await readFile(cache.at(`blobs/sha256/aa/${name}`), "utf8")).toBe("new");
});

test("whoever waits for a model that is being collected sees who is at it", async () => {
  await cache.publish("mem:a", { a: "one" });
  let seen: HolderNote | undefined;
  const store = storeBefore(1, async () => {
    seen = await (await openModelLock(cache.cacheDir, "mem:a")).holder();
  });
  await collectGarbage(store, { graceMs: 0 });
  expect(seen).toMatchObject({ pid: process.pid, totalBytes: null });
  expect(await names(cache.layout.locks)).toEqual([expect.stringMatching(/\.lock$/)]);
});

test("two collections at once make no mistake, and free each byte once", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 10; round += 1) {
    await cache.add("mem:active", { a: "shared", b: "own" });
    for (const id of ["mem:a", "mem:b", "mem:c"]) await cache.publish(id, { a: "shared", b: "garbage", c: id });
    await cache.add("mem:r", { a: "shared", b: "garbage", c: "retired" }, { lifecycle: "Retired" });
    await cache.write(`${cache.ingestOf("mem:d")}/tree/a`, "arrived");
    await cache.write("ingest/removed-0123456789abcdef/a", "removed");
    await cache.write("damaged/0123456789abcdef-01234567/a", "damaged");
    await cache.write("blobs/unsynced/an-earlier-boot/" + "a".repeat(64), "unsynced");
    const before = await bytesIn(cache.cacheDir);

    const collect = (): ReturnType<typeof collectGarbage> =>
      collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 9 });
    const reports = [...(await Promise.all([collect(), collect(), collect()])), await collect()];
    expect(reports.flatMap(({ skipped }) => skipped.filter(({ reason }) => reason !== "busy"))).toEqual([]);
    const freed = reports.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
    expect(freed).toBe(before - (await bytesIn(cache.cacheDir)));
    expect(reports.at(-1)).toMatchObject({ keptBytes: "sharedown".length, overBytes: 0 });
  }
});

/** Content in the cache, each file once. */
async function bytesIn(cacheDir: string): Promise<number> {
  const files = await Promise.all(
    ["models", "blobs", "ingest", "damaged"].map((name) => filesBelow(join(cacheDir, name))),
  );
  const sizes = new Map(
    files
      .flat()
      .filter(({ path }) => !path.endsWith(".id"))
      .map((file) => [file.inode, file.sizeBytes]),
  );
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
