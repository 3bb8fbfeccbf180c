import { link, mkdir, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { bootId } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { idHash, versionFolderName } from "../cache-layout.ts";
import { keepContent } from "../publish/keep-content.ts";
import { type ModelCache, modelCache } from "../survey/testing/model-cache.ts";
import { recordCalls } from "../testing/fs-calls.ts";
import { names } from "../testing/test-cache.ts";
import { collectGarbage, type GarbageOptions } from "./collect-garbage.ts";

const hourMs = 60 * 60 * 1000;
const hex = (digit: string): string => digit.repeat(64);

let cache: ModelCache;
beforeEach(async () => {
  cache = await modelCache();
});
afterEach(async () => {
  vi.useRealTimers();
  await cache[Symbol.asyncDispose]();
});

/** File systems keep the time of a change themselves: so the change stays, and the clock moves, and stands still. */
function pass(ms: number): void {
  const now = Date.now();
  vi.useFakeTimers({ toFake: ["Date"], now: now + ms });
}

/** Writes a file after the moment at which the clock stands still. */
async function writeLater(path: string): Promise<void> {
  do await cache.write(path);
  while (Math.floor((await stat(cache.at(path))).ctimeMs) <= Date.now());
}

async function collected(options: GarbageOptions = {}): Promise<readonly string[]> {
  const { items, skipped } = await collectGarbage(cache.catalog, options);
  expect(skipped).toEqual([]);
  return items.map(({ kind, path, bytes }) => `${kind} ${path} ${bytes}`);
}

interface Litter {
  readonly what: string;
  readonly make: () => Promise<unknown>;
  /** `kind path bytes` of what it becomes once it is old. */
  readonly items: () => Promise<readonly string[]>;
}

const litter: readonly Litter[] = [
  {
    what: "an arrival that nobody goes on with",
    make: () => cache.write(`${cache.ingestOf("mem:a")}/tree/sub/a.gguf`, "12345"),
    items: async () => [`ingest ${cache.ingestOf("mem:a")} 5`],
  },
  {
    what: "a private arrival that nobody goes on with",
    make: () => cache.write(`ingest/${idHash("mem:a")}-private-0123456789abcdef/tree/a.gguf`, "12345"),
    items: async () => [`ingest ingest/${idHash("mem:a")}-private-0123456789abcdef 5`],
  },
  {
    what: "an arrival that came to no file",
    make: () => mkdir(cache.at(cache.ingestOf("mem:a"), "tree"), { recursive: true }),
    items: async () => [`ingest ${cache.ingestOf("mem:a")} 0`],
  },
  {
    what: "a damaged blob",
    make: () => cache.write(`damaged/${hex("a")}-01234567`, "12345"),
    items: async () => [`damaged damaged/${hex("a")}-01234567 5`],
  },
  {
    what: "a damaged version",
    make: () => cache.write("damaged/0123456789abcdef-01234567/a.gguf", "12345"),
    items: async () => ["damaged damaged/0123456789abcdef-01234567 5"],
  },
  {
    what: "a version that another one has taken the place of",
    make: async () => {
      await cache.add("mem:a", { "a.gguf": "old" });
      await cache.add("mem:a", { "a.gguf": "newer" });
    },
    items: async () => [`version ${cache.folderOf("mem:a")}/${await olderVersion("mem:a")} 3`],
  },
  {
    what: "a model that was published and never registered",
    make: () => cache.publish("mem:a", { "a.gguf": "12345" }),
    items: async () => {
      const [version] = await cache.shown("mem:a");
      return [`version ${cache.folderOf("mem:a")}/${String(version)} 5`, `folder ${cache.folderOf("mem:a")} 0`];
    },
  },
  {
    what: "a model's folder in which nothing is left",
    make: async () => {
      const { localPath } = await cache.publish("mem:a", { "a.gguf": "12345" });
      await rm(cache.at(localPath), { recursive: true });
      await unlink(cache.blob("12345"));
    },
    items: async () => [`folder ${cache.folderOf("mem:a")} 0`],
  },
  {
    what: "a model's folder that does not even say its id",
    make: () => mkdir(cache.at(cache.folderOf("mem:a")), { recursive: true }),
    items: async () => [`folder ${cache.folderOf("mem:a")} 0`],
  },
  {
    what: "content that was kept for whoever asks for it",
    make: async () => {
      const { ingest, description } = await cache.arrive("mem:a", { "a.gguf": "12345" });
      await keepContent({ cacheDir: cache.cacheDir, ingest, description });
      await ingest.discard();
    },
    items: async () => [`blob ${relativeTo(cache.blob("12345"))} 5`],
  },
  {
    what: "content of an earlier boot, and its folder",
    make: () => cache.write(`blobs/unsynced/an-earlier-boot/${hex("a")}`, "12345"),
    items: async () => [`blob blobs/unsynced/an-earlier-boot/${hex("a")} 5`, "folder blobs/unsynced/an-earlier-boot 0"],
  },
  {
    what: "content with two names, and no model",
    make: async () => {
      await cache.write(`blobs/sha256/aa/${hex("a")}`, "12345");
      await cache.write("blobs/unsynced/an-earlier-boot/x", "");
      await unlink(cache.at("blobs/unsynced/an-earlier-boot/x"));
      await link(cache.at(`blobs/sha256/aa/${hex("a")}`), cache.at(`blobs/unsynced/an-earlier-boot/${hex("a")}`));
    },
    items: async () => [`blob blobs/sha256/aa/${hex("a")} 5`, "folder blobs/unsynced/an-earlier-boot 0"],
  },
  {
    what: "a note of a holder that died",
    make: () => cache.write(`locks/${idHash("mem:a")}.json`, "{}"),
    items: async () => [`note locks/${idHash("mem:a")}.json 0`],
  },
];

describe.each(litter)("$what", ({ make, items }) => {
  test("is left alone for the grace period, and goes then", async () => {
    await make();
    const before = await everyPath();
    expect(await collected()).toEqual([]);
    expect(await everyPath()).toEqual(before);

    const expected = await items();
    pass(24 * hourMs);
    expect(await collected()).toEqual(expected);
    expect(await collected()).toEqual([]);
    const went = expected.map((item) => String(item.split(" ")[1]));
    expect(before).toEqual(expect.arrayContaining(went));
    const after = await everyPath();
    expect(went.filter((path) => after.includes(path))).toEqual([]);
  });

  test("goes at once where no grace is given", async () => {
    await make();
    const expected = await items();
    expect(await collected({ graceMs: 0 })).toEqual(expected);
  });
});

async function everyPath(): Promise<readonly string[]> {
  return [...(await cache.paths()), ...(await names(cache.layout.locks)).map((name) => `locks/${name}`)];
}

async function olderVersion(id: string): Promise<string> {
  const entry = await cache.catalog.get(id);
  const current = versionFolderName(entry?.digest ?? "sha256:");
  const [older] = (await cache.shown(id)).filter((name) => name !== current);
  return String(older);
}

function relativeTo(path: string): string {
  return path.slice(cache.cacheDir.length + 1).replaceAll("\\", "/");
}

test("what was out of sight already goes at once", async () => {
  await cache.write("ingest/removed-0123456789abcdef/0123456789abcdef/a.gguf", "12345");
  expect(await collected()).toEqual(["removed ingest/removed-0123456789abcdef 5"]);
  expect(await cache.paths()).toEqual(["ingest"]);
});

test("a superseded version ages from the moment at which it was superseded, not from when it was written", async () => {
  await cache.add("mem:a", { "a.gguf": "old" });
  pass(23 * hourMs);
  await cache.add("mem:a", { "a.gguf": "newer" });
  pass(2 * hourMs);
  expect(await collected()).toEqual([]);
  pass(22 * hourMs);
  expect(await collected()).toHaveLength(1);
});

test("an arrival is as old as its newest change, however deep", async () => {
  await cache.write(`${cache.ingestOf("mem:a")}/tree/sub/a.gguf`);
  pass(10);
  await writeLater(`${cache.ingestOf("mem:a")}/tree/sub/a.gguf`);
  expect(await collected({ graceMs: 0 })).toEqual([]);
  pass(hourMs);
  expect(await collected({ graceMs: 0 })).toHaveLength(1);
});

test("a model's folder is as old as the last change in it, whatever was in it", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  pass(10);
  await writeLater(`${cache.folderOf("mem:a")}/temporary`);
  await unlink(cache.at(cache.folderOf("mem:a"), "temporary"));
  expect((await collected({ graceMs: 0 })).map((item) => item.split(" ")[0])).toEqual(["version"]);
  expect(await names(cache.at(cache.folderOf("mem:a")))).toEqual([".id"]);
});

test("a model's folder in which something stays is not moved, not even for a moment", async () => {
  await cache.publish("mem:a", { "a.gguf": "old" });
  pass(10);
  await writeLater("clock");
  await cache.publish("mem:a", { "a.gguf": "young" });
  const calls = await recordCalls(cache.cacheDir);
  expect(await collected({ graceMs: 0 })).toHaveLength(1);
  expect(calls.filter((call) => call.startsWith("rename"))).toHaveLength(1);
  expect(await cache.shown("mem:a")).toHaveLength(1);
});

test("the folder of this boot's content stays, as somebody may be about to put something there", async () => {
  await cache.write(`blobs/unsynced/${bootId()}/${hex("a")}`, "12345");
  expect(await collected({ graceMs: 0 })).toEqual([`blob blobs/unsynced/${bootId()}/${hex("a")} 5`]);
  expect(await names(cache.at("blobs/unsynced"))).toEqual([bootId()]);
});

test("where its lock cannot be had, a note stays", async () => {
  await cache.write(`locks/${idHash("mem:a")}.json`);
  await mkdir(cache.at(`locks/${idHash("mem:a")}.lock`));
  expect(await collected({ graceMs: 0 })).toEqual([]);
  expect(await names(cache.layout.locks)).toHaveLength(2);
});

test("content goes with the last model that had it, and what others have gives nothing back", async () => {
  await cache.publish("mem:a", { "a.gguf": "shared", "b.gguf": "a's own" });
  await cache.publish("mem:b", { "x.gguf": "shared" });
  await cache.add("mem:c", { "y.gguf": "shared", "z.gguf": "c's own" });
  const report = await collectGarbage(cache.catalog, { graceMs: 0 });
  expect(report.items.filter(({ kind }) => kind === "version").map(({ id, bytes }) => [id, bytes])).toEqual(
    expect.arrayContaining([
      ["mem:a", "a's own".length],
      ["mem:b", 0],
    ]),
  );
  expect(report).toMatchObject({ freedBytes: "a's own".length, keptBytes: "sharedc's own".length, overBytes: 0 });

  await cache.catalog.delete("mem:c");
  const last = await collectGarbage(cache.catalog, { graceMs: 0 });
  expect(last).toMatchObject({ freedBytes: "sharedc's own".length, keptBytes: 0 });
  expect(await names(cache.at("models"))).toEqual([]);
  expect((await cache.paths()).filter((path) => path.length > 60)).toEqual([]);
});

test("content that lost its last model in this run goes at once; what lost it earlier has the grace period", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  pass(10);
  await writeLater(`blobs/sha256/aa/${hex("a")}`);
  await link(cache.blob("one"), cache.at("second-name"));
  await unlink(cache.at("second-name"));
  expect((await stat(cache.blob("one"))).ctimeMs).toBeGreaterThan(Date.now());
  expect((await collected({ graceMs: 0 })).map((item) => item.split(" ")[0])).toEqual(["version", "folder"]);
  expect(await names(cache.at("blobs/sha256/aa"))).toEqual([hex("a")]);
  await expect(stat(cache.blob("one"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("tells of each thing as it goes, and of nothing twice", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  await cache.write("ingest/removed-0123456789abcdef/x", "two");
  const told: unknown[] = [];
  const { items } = await collectGarbage(cache.catalog, { graceMs: 0, onRemoved: (item) => told.push(item) });
  expect(told).toEqual(items);
  expect(items.map(({ kind }) => kind)).toEqual(["removed", "version", "folder"]);
});

test("an empty cache, or none, is no error", async () => {
  const nothing = { items: [], freedBytes: 0, keptBytes: 0, overBytes: 0, skipped: [] };
  expect(await collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 })).toEqual(nothing);
  await rm(cache.cacheDir, { recursive: true });
  expect(await collectGarbage(cache.catalog, { graceMs: 0, maxSizeBytes: 0 })).toEqual(nothing);
});

test.each([NaN, Infinity])("a grace period of %s collects nothing", async (graceMs) => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  expect(await collected({ graceMs })).toEqual([]);
});

test("an abort is thrown as it is, and leaves what is not done yet", async () => {
  await cache.publish("mem:a", { "a.gguf": "one" });
  await cache.publish("mem:b", { "a.gguf": "two" });
  const reason = new Error("enough");
  await expect(collectGarbage(cache.catalog, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const onRemoved = (): void => controller.abort(reason);
  await expect(collectGarbage(cache.catalog, { graceMs: 0, signal: controller.signal, onRemoved })).rejects.toBe(
    reason,
  );
  expect((await names(join(cache.cacheDir, "models"))).length).toBeGreaterThan(0);
});
