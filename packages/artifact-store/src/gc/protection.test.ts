import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idHash } from "../cache-layout.ts";
import {
  entryOf,
  externalEntry,
  type ModelCache,
  modelCache,
  recordPath,
  treeSnapshot,
} from "../survey/testing/model-cache.ts";
import { filesBelow } from "../files-below.ts";
import { beforeEachCall } from "../testing/fs-calls.ts";
import { collectGarbage } from "./collect-garbage.ts";
import type { GarbageReport } from "./garbage-report.ts";

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(() => cache[Symbol.asyncDispose]());

/** The hardest collection there is: without grace, and of whatever may go to save room. */
async function collectAll(catalog: CatalogStore = cache.catalog): Promise<GarbageReport> {
  return collectGarbage(catalog, { graceMs: 0, maxSizeBytes: 0 });
}

/** What a collection must not have touched. */
async function modelsAndBlobs(): Promise<readonly string[]> {
  const [models, blobs] = [await treeSnapshot(cache.at("models")), await treeSnapshot(cache.at("blobs"))];
  return [...models, ...blobs];
}

test("Active models stay as they are, whatever is to be saved", async () => {
  await cache.add("mem:a", { "a.gguf": "one", "sub/b.gguf": "shared" });
  await cache.add("mem:b", { "x.gguf": "shared" });
  const before = await modelsAndBlobs();
  const report = await collectAll();
  expect(report).toEqual({
    items: [],
    freedBytes: 0,
    keptBytes: "oneshared".length,
    overBytes: "oneshared".length,
    skipped: [],
  });
  expect(await modelsAndBlobs()).toEqual(before);
});

describe("what may belong to a record that cannot be read stays", () => {
  beforeEach(async () => {
    await cache.add("mem:a", { "a.gguf": "one" }, { lifecycle: "Retired" });
    await cache.publish("mem:a", { "a.gguf": "two" });
  });

  test("where the record is damaged", async () => {
    await cache.damageRecord("mem:a");
    const before = await modelsAndBlobs();
    const { items, skipped } = await collectAll();
    expect(items).toEqual([]);
    expect(skipped).toEqual([{ path: cache.folderOf("mem:a"), reason: "unreadable" }]);
    expect(await modelsAndBlobs()).toEqual(before);
  });

  test("where a newer version wrote it", async () => {
    await writeFile(await recordPath(cache.cacheDir, "mem:a"), '{"schema":99}');
    const before = await modelsAndBlobs();
    expect((await collectAll()).skipped).toEqual([{ path: cache.folderOf("mem:a"), reason: "unreadable" }]);
    expect(await modelsAndBlobs()).toEqual(before);
  });

  test("where a store says nothing of what it cannot read, and throws", async () => {
    await writeFile(await recordPath(cache.cacheDir, "mem:a"), '{"schema":99}');
    const { cacheDir } = cache;
    const store = bareStore(cacheDir, { get: (id) => cache.catalog.get(id) });
    const before = await modelsAndBlobs();
    const [skipped] = (await collectAll(store)).skipped;
    expect(skipped).toMatchObject({ reason: "unreadable", error: { code: "CATALOG_SCHEMA_NEWER" } });
    expect(await modelsAndBlobs()).toEqual(before);
  });

  test("where neither a record nor the folder says whose it is, unless every record can be read", async () => {
    await unlink(cache.at(cache.folderOf("mem:a"), ".id"));
    await cache.damageRecord("mem:a");
    const before = await modelsAndBlobs();
    expect((await collectAll()).skipped).toEqual([{ path: cache.folderOf("mem:a"), reason: "unreadable" }]);
    expect(await modelsAndBlobs()).toEqual(before);

    const { items, skipped } = await collectAll(bareStore(cache.cacheDir));
    expect(items.map(({ kind }) => kind)).toEqual(["version", "version", "folder"]);
    expect(skipped).toEqual([]);
  });

  test("but not where the record is there, and only the folder does not say whose it is", async () => {
    await cache.catalog.setState("mem:a", "Active");
    await unlink(cache.at(cache.folderOf("mem:a"), ".id"));
    expect((await collectAll()).items).toMatchObject([{ kind: "version", id: "mem:a", bytes: "two".length }]);
    expect(await readFile(cache.at(String((await cache.catalog.get("mem:a"))?.localPath), "a.gguf"), "utf8")).toBe(
      "one",
    );
  });
});

/** A store of the minimum: of no records, but for what is given. */
function bareStore(cacheDir: string, methods: Partial<CatalogStore> = {}): CatalogStore {
  const unexpected = async (): Promise<never> => Promise.reject(new Error("A collection has no reason to do this."));
  return {
    cacheDir,
    get: async () => undefined,
    put: unexpected,
    setState: unexpected,
    delete: unexpected,
    // oxlint-disable-next-line require-yield -- it has no records
    async *list(): AsyncGenerator<CatalogEntry> {},
    ...methods,
  };
}

test("a catalog that cannot be listed protects everything", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  const reason = new Error("cannot be listed");
  // oxlint-disable-next-line require-yield -- it fails before it has any
  async function* list(): AsyncGenerator<CatalogEntry> {
    throw reason;
  }
  await expect(collectAll(bareStore(cache.cacheDir, { list }))).rejects.toBe(reason);
  expect(await cache.shown("mem:a")).toHaveLength(1);
});

describe("files that a record names stay, wherever below the cache they are", () => {
  test("in place, by an absolute path", async () => {
    const { localPath } = await cache.publish("mem:a", { "a.gguf": "one" });
    await cache.publish("mem:a", { "a.gguf": "two" });
    await cache.catalog.put(await externalEntry("file:x", cache.at(localPath, "a.gguf")));
    expect((await collectAll()).items).toMatchObject([{ kind: "version", bytes: "two".length }]);
    expect(await readFile(cache.at(localPath, "a.gguf"), "utf8")).toBe("one");
  });

  test("in the folder of another model", async () => {
    const published = await cache.publish("mem:a", { "a.gguf": "one" });
    await cache.catalog.put(entryOf("mem:other", published));
    await cache.catalog.put({ ...(await cache.add("mem:a", { "a.gguf": "two" })), lifecycle: "Retired" });
    expect((await collectAll()).items).toEqual([]);
    expect(await readFile(cache.at(published.localPath, "a.gguf"), "utf8")).toBe("one");
  });

  test.each(["ingest/removed-0123456789abcdef", `ingest/${idHash("mem:x")}-01234567`, "damaged/x", "models/by-hand"])(
    "in %s",
    async (folder) => {
      await cache.write(`${folder}/sub/a.gguf`, "one");
      const files = [{ path: "a.gguf", sizeBytes: 3, digest: `sha256:${"ab".repeat(32)}` as const }];
      await cache.catalog.put(entryOf("mem:x", { localPath: `${folder}/sub`, files }));
      expect(await collectAll()).toMatchObject({ items: [], skipped: [] });
      expect(await readFile(cache.at(folder, "sub", "a.gguf"), "utf8")).toBe("one");
    },
  );

  test("among the blobs", async () => {
    const name = "ab".repeat(32);
    await cache.write(`blobs/sha256/ab/${name}`, "one");
    const files = [{ path: name, sizeBytes: 3, digest: `sha256:${name}` as const }];
    await cache.catalog.put({
      ...entryOf("mem:x", { localPath: `blobs/sha256/ab/${name}`, files }),
      kind: "file",
      digest: `sha256:${name}`,
    });
    expect(await collectAll()).toMatchObject({ items: [] });
    expect(await readFile(cache.at(`blobs/sha256/ab/${name}`), "utf8")).toBe("one");
  });
});

test("what this version does not put there stays, and is reported; what desktops leave is not", async () => {
  const hex = "a".repeat(64);
  const strangers = [
    `blobs/sha256/${hex}`,
    `blobs/sha256/ab/${hex}`,
    "blobs/sha256/aa/README",
    "blobs/unsynced/NOT A BOOT/x",
    "damaged/link",
    "ingest/notes.txt",
    "ingest/removed-by-hand",
    "models/README",
    "models/mine/a.gguf",
    `${cache.folderOf("mem:a")}/notes.txt`,
  ];
  for (const path of strangers.filter((each) => each !== "damaged/link")) await cache.write(path);
  for (const folder of ["ingest", "models", "damaged", "blobs/sha256/aa"]) await cache.write(`${folder}/.DS_Store`);
  await symlink("nowhere", cache.at("damaged/link"));
  const before = await treeSnapshot(cache.cacheDir);
  const { items, skipped } = await collectAll();
  expect(items).toEqual([]);
  expect(skipped.every(({ reason }) => reason === "unknown")).toBe(true);
  expect(new Set(skipped.map(({ path }) => path))).toEqual(
    new Set(strangers.map((path) => path.replace(/(NOT A BOOT|mine)\/.*/, "$1"))),
  );
  expect(await treeSnapshot(cache.cacheDir)).toEqual(before);
});

describe("what is outside stays outside", () => {
  let outside: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(await realpath(tmpdir()), "outside-"));
    await mkdir(join(outside, "folder", "0123456789abcdef"), { recursive: true });
    await writeFile(join(outside, "folder", "file"), "precious");
    await writeFile(join(outside, "folder", "a".repeat(64)), "precious");
    await writeFile(join(outside, "folder", "0123456789abcdef", "file"), "precious");
  });
  afterEach(() => rm(outside, { recursive: true }));

  /** `path content` of each file. */
  async function contents(folder: string): Promise<readonly string[]> {
    const files = await filesBelow(folder);
    return Promise.all(files.map(async ({ path }) => `${path} ${await readFile(path, "utf8")}`));
  }

  test("where symbolic links have the names of what is collected", async () => {
    await cache.add("mem:a", { "a.gguf": "one" }, { lifecycle: "Retired" });
    await cache.publish("mem:b", { "b.gguf": "two" });
    const [version] = await cache.shown("mem:b");
    const hash = idHash("mem:c");
    const planted = [
      `models/c-${hash}`,
      `${cache.folderOf("mem:a")}/0000000000000000`,
      `ingest/removed-0123456789abcdef`,
      `ingest/${hash}-01234567`,
      `ingest/${hash}-private-01234567`,
      `damaged/${"a".repeat(64)}-01234567`,
      "blobs/sha256/aa",
      "blobs/sha256/bb/" + "b".repeat(64),
      "blobs/unsynced/an-earlier-boot",
      `locks/${hash}.json`,
    ];
    const within = [`${cache.folderOf("mem:b")}/${String(version)}/sub`, `ingest/${idHash("mem:d")}-01234567/tree`];
    for (const path of [...planted, ...within]) {
      await mkdir(cache.at(path, ".."), { recursive: true });
      await symlink(
        join(outside, path.includes("sha256/bb") || path.endsWith(".json") ? "folder/file" : "folder"),
        cache.at(path),
      );
    }
    const before = await treeSnapshot(outside);
    const { items, skipped } = await collectAll();
    expect(items.map(({ kind }) => kind)).toEqual(["ingest", "version", "folder", "retired"]);
    expect(new Set(skipped.map(({ path }) => path))).toEqual(
      new Set(planted.filter((path) => !path.startsWith("locks"))),
    );
    expect(await treeSnapshot(outside)).toEqual(before);
  });

  test.each(["models", "ingest", "damaged", "blobs", "locks", "blobs/sha256", "blobs/unsynced"])(
    "where %s itself is a symbolic link",
    async (folder) => {
      await cache.publish("mem:a", { "a.gguf": "one" });
      await cache.write("damaged/x");
      await cache.write("blobs/unsynced/an-earlier-boot/x");
      await cache.write("locks/x");
      const target = join(outside, "target");
      await rename(cache.at(folder), target);
      await symlink(target, cache.at(folder));
      const before = await contents(outside);
      await collectAll();
      expect(await contents(outside)).toEqual(expect.arrayContaining([...before]));
    },
  );
});

test("what cannot be removed is reported, and stops nothing else", async () => {
  const stuck = `ingest/${idHash("mem:a")}-01234567`;
  await cache.write(`${stuck}/tree/a.gguf`, "one");
  await cache.publish("mem:b", { "b.gguf": "two" });
  let isStuck = true;
  await beforeEachCall(cache.cacheDir, async ({ name, path }) => {
    if (isStuck && name === "unlink" && path.endsWith("a.gguf"))
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  });
  const { items, skipped } = await collectAll();
  expect(items.map(({ kind }) => kind)).toEqual(["version", "folder"]);
  expect(skipped).toMatchObject([{ path: stuck, reason: "failed", error: { code: "FILE_NOT_WRITABLE" } }]);
  // It is out of sight by then, and the next collection takes it, however long the grace.
  isStuck = false;
  expect((await collectGarbage(cache.catalog)).items).toMatchObject([{ kind: "removed", bytes: 3 }]);
});

test("what cannot be looked at is reported, and stays", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  await cache.publish("mem:b", { "b.gguf": "two" });
  let isDenied = true;
  await beforeEachCall(cache.cacheDir, async ({ name, path }) => {
    if (isDenied && name === "readdir" && path.startsWith(cache.folderOf("mem:a"))) {
      throw Object.assign(new Error("EACCES"), { code: "EACCES" });
    }
  });
  const { items, skipped } = await collectAll();
  isDenied = false;
  expect(items.map(({ id }) => id)).toEqual(["mem:b", "mem:b"]);
  expect(skipped).toMatchObject([
    { path: cache.folderOf("mem:a"), reason: "failed", error: { code: "FILE_NOT_READABLE" } },
  ]);
});
