import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { interceptFs } from "../../../../tools/crash-harness/src/index.ts";
import { catalogLayout, entryDocumentPath } from "./catalog-layout.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";
import { treeSnapshot } from "./testing/tree-snapshot.ts";
import { withPermissions } from "./testing/with-permissions.ts";

describe("the contract", () => {
  test("what was put is got back, by another instance too", async () => {
    const cacheDir = await scratchFolder();
    const entry = sampleEntry("file:/models/model.gguf");
    await new FsCatalog(cacheDir).put(entry);
    await expect(new FsCatalog(cacheDir).get(entry.id)).resolves.toEqual(entry);
  });

  test("a second put replaces the first, whole", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await catalog.put(sampleEntry("a", { checks: [] }));
    await catalog.put(sampleEntry("a", { version: "2" }));
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a", { version: "2" }));
    await expect(collect(catalog.list())).resolves.toHaveLength(1);
  });

  test("an entry is retired and made active again; the rest of it stays", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await catalog.put(sampleEntry("a"));
    await catalog.setState("a", "Retired");
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a", { lifecycle: "Retired" }));
    await catalog.setState("a", "Active");
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  });

  test("a put decides the lifecycle, whatever was set before", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await catalog.put(sampleEntry("a"));
    await catalog.setState("a", "Retired");
    await catalog.put(sampleEntry("a"));
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  });

  test("setState of what is not there is refused", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await expect(catalog.setState("a", "Retired")).rejects.toMatchObject({
      code: "ENTRY_NOT_FOUND",
      facts: { id: "a" },
    });
  });

  test("a deleted entry is gone, its lifecycle too, and deleting it again says so", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await catalog.put(sampleEntry("a"));
    await catalog.setState("a", "Retired");
    await expect(catalog.delete("a")).resolves.toBe(true);
    await expect(catalog.get("a")).resolves.toBeUndefined();
    await expect(catalog.delete("a")).resolves.toBe(false);
    await catalog.put(sampleEntry("a"));
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  });

  test("no operation leaves a file behind that is not part of a record", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await catalog.setState("a", "Retired");
    await catalog.put(sampleEntry("a", { version: "2" }));
    await catalog.setState("a", "Retired");
    await catalog.put(sampleEntry("b"));
    await catalog.setState("b", "Retired");
    await catalog.delete("b");
    const files = await filesBelow(join(cacheDir, "catalog"));
    expect(files.map((file) => file.replaceAll(/[0-9a-f]{10,}/g, "…").replace(/\b[0-9a-f]{2}\b/, "hh"))).toEqual([
      join("entries", "hh", "….….state.json"),
      join("entries", "hh", "….json"),
    ]);
  });

  test("list has every entry once, in its present state", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    const ids = Array.from({ length: 40 }, (_, number) => `hf:org/repo-${number}`);
    for (const id of ids) await catalog.put(sampleEntry(id));
    await catalog.setState("hf:org/repo-7", "Retired");
    const entries = await collect(catalog.list());
    expect(entries.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(entries.filter(({ lifecycle }) => lifecycle === "Retired").map(({ id }) => id)).toEqual(["hf:org/repo-7"]);
  });
});

describe("ids", () => {
  const ids = [
    "a/b-c",
    "a-b/c",
    "a-b-c",
    "a:b:c",
    "hf:Org/Repo",
    "hf:org/repo",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    " ",
    "a\0b",
    "a\nb",
    'quote"backslash\\',
    "C:\\models\\m.gguf",
    "CON",
    "index.json",
    "ünïcödé",
    "u\u0308nicode",
    "模型/🦙",
    "half \ud83e",
    "half \udd99",
    "half \ufffd",
    "__proto__",
    "x".repeat(5000),
  ];

  test("also: ids with / do not vanish, and no two ids become one", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    for (const id of ids) await catalog.put(sampleEntry(id, { version: `version of ${id}` }));
    for (const id of ids) {
      await expect(catalog.get(id)).resolves.toEqual(sampleEntry(id, { version: `version of ${id}` }));
    }
    const listed = await collect(catalog.list());
    expect(listed.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    await expect(readdir(cacheDir)).resolves.toEqual(["catalog"]);
  });

  test("also: retiring or deleting one id leaves the one that looks like it", async () => {
    const catalog = new FsCatalog(await scratchFolder());
    await catalog.put(sampleEntry("a/b-c"));
    await catalog.put(sampleEntry("a-b/c"));
    await catalog.setState("a/b-c", "Retired");
    await expect(catalog.get("a-b/c")).resolves.toEqual(sampleEntry("a-b/c"));
    await catalog.delete("a/b-c");
    await expect(catalog.get("a-b/c")).resolves.toEqual(sampleEntry("a-b/c"));
  });
});

describe("the cache folder", () => {
  test("that does not exist has nothing in it, and is not made by asking", async () => {
    const parent = await scratchFolder();
    const catalog = new FsCatalog(join(parent, "not", "there"));
    await expect(catalog.get("a")).resolves.toBeUndefined();
    await expect(collect(catalog.list())).resolves.toEqual([]);
    await expect(catalog.delete("a")).resolves.toBe(false);
    await expect(catalog.repair()).resolves.toEqual({ quarantined: [], removed: [], newer: [] });
    await expect(readdir(parent)).resolves.toEqual([]);
  });

  test("is made by the first put", async () => {
    const catalog = new FsCatalog(join(await scratchFolder(), "not", "there"));
    await catalog.put(sampleEntry("a"));
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  });

  test.each(["relative/path", "", "/nul\0byte"])("%j is no path for one", (cacheDir) => {
    expect(() => new FsCatalog(cacheDir)).toThrow(expect.objectContaining({ code: "CATALOG_DIR_INVALID" }));
  });

  test("that is a file is named in the error", async () => {
    const file = join(await scratchFolder(), "file");
    await writeFile(file, "not a folder");
    const catalog = new FsCatalog(file);
    const expected = { code: "CATALOG_DIR_INVALID", facts: { path: file } };
    await expect(catalog.get("a")).rejects.toMatchObject(expected);
    await expect(collect(catalog.list())).rejects.toMatchObject(expected);
    await expect(catalog.put(sampleEntry("a"))).rejects.toMatchObject(expected);
    await expect(catalog.delete("a")).rejects.toMatchObject(expected);
    await expect(readFile(file, "utf8")).resolves.toBe("not a folder");
  });

  test("may be a symbolic link to a folder", async () => {
    const parent = await scratchFolder();
    await mkdir(join(parent, "real"));
    await symlink(join(parent, "real"), join(parent, "link"), "junction");
    await new FsCatalog(join(parent, "link")).put(sampleEntry("a"));
    await expect(new FsCatalog(join(parent, "real")).get("a")).resolves.toEqual(sampleEntry("a"));
  });
});

describe("reading", () => {
  test("writes nothing, not even next to damage", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await catalog.put(sampleEntry("b"));
    await catalog.setState("b", "Retired");
    await catalog.put(sampleEntry("damaged"));
    await writeFile(entryDocumentPath(catalogLayout(cacheDir), "damaged"), "");
    const before = await treeSnapshot(cacheDir);

    for (const id of ["a", "b", "damaged", "absent"]) await catalog.get(id);
    await expect(collect(catalog.list())).resolves.toHaveLength(2);
    await expect(catalog.setState("damaged", "Active")).rejects.toMatchObject({ code: "ENTRY_NOT_FOUND" });
    await expect(catalog.delete("absent")).resolves.toBe(false);
    await expect(treeSnapshot(cacheDir)).resolves.toEqual(before);
  });

  test("does not need to write: a folder that may only be read will do", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await withPermissions(cacheDir, 0o555, async () => {
      await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
      await expect(collect(catalog.list())).resolves.toEqual([sampleEntry("a")]);
    });
  });
});

/** What the operating system says, by a call that the test makes fail: a full disk is hard to come by. */
describe("a system error becomes a typed one", () => {
  test.each([
    { call: "writeFile", systemCode: "ENOSPC", code: "CATALOG_NO_SPACE" },
    { call: "sync", systemCode: "EDQUOT", code: "CATALOG_NO_SPACE" },
    { call: "rename", systemCode: "ENOSPC", code: "CATALOG_NO_SPACE" },
    { call: "rename", systemCode: "EROFS", code: "CATALOG_NOT_WRITABLE" },
    { call: "writeFile", systemCode: "EACCES", code: "CATALOG_NOT_WRITABLE" },
    { call: "writeFile", systemCode: "EPERM", code: "CATALOG_NOT_WRITABLE" },
    { call: "writeFile", systemCode: "EIO", code: "CATALOG_NOT_WRITABLE" },
  ])("$call: $systemCode while writing, and the old entry stays", async ({ call, systemCode, code }) => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await failing(cacheDir, call, systemCode, async () => {
      await expect(catalog.put(sampleEntry("a", { version: "2" }))).rejects.toMatchObject({ code });
      await expect(catalog.setState("a", "Retired")).rejects.toMatchObject({ code });
    });
    await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
    await expect(readdir(catalogLayout(cacheDir).temporary)).resolves.toEqual([]);
  });

  test.each(["EROFS", "EACCES"])("mkdir: %s while writing the first entry", async (systemCode) => {
    const cacheDir = join(await scratchFolder(), "cache");
    await failing(cacheDir, "mkdir", systemCode, async () => {
      const putting = new FsCatalog(cacheDir).put(sampleEntry("a"));
      await expect(putting).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE", facts: { systemCode } });
    });
  });

  test("mkdir: ENOENT in a folder that is there is no reason to try for ever", async () => {
    const cacheDir = join(await scratchFolder(), "cache");
    await failing(cacheDir, "mkdir", "ENOENT", async () => {
      const putting = new FsCatalog(cacheDir).put(sampleEntry("a"));
      await expect(putting).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE", facts: { systemCode: "ENOENT" } });
    });
  });

  test.skipIf(process.platform !== "linux")("a cache folder in /proc, which says ENOENT to mkdir", async () => {
    const putting = new FsCatalog("/proc/xx").put(sampleEntry("a"));
    await expect(putting).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE", facts: { systemCode: "ENOENT" } });
  });

  test.each([
    { call: "open", systemCode: "EACCES" },
    { call: "read", systemCode: "EIO" },
  ])("$call: $systemCode while reading", async ({ call, systemCode }) => {
    const cacheDir = await scratchFolder();
    const reports: string[] = [];
    const catalog = new FsCatalog(cacheDir, { onDamaged: ({ problem }) => reports.push(problem) });
    await catalog.put(sampleEntry("a"));
    await failing(cacheDir, call, systemCode, async () => {
      await expect(catalog.get("a")).rejects.toMatchObject({ code: "CATALOG_NOT_READABLE" });
      await expect(catalog.put(sampleEntry("a"))).rejects.toMatchObject({ code: "CATALOG_NOT_READABLE" });
      await expect(collect(catalog.list())).resolves.toEqual([]);
    });
    expect(reports).toEqual([expect.stringContaining(systemCode)]);
  });

  test("a folder that cannot be listed", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await failing(cacheDir, "readdir", "EACCES", async () => {
      await expect(collect(catalog.list())).rejects.toMatchObject({ code: "CATALOG_NOT_READABLE" });
    });
  });

  test.skipIf(process.platform === "win32")("a folder without permissions", async () => {
    const cacheDir = await scratchFolder();
    const catalog = new FsCatalog(cacheDir);
    await catalog.put(sampleEntry("a"));
    await withPermissions(cacheDir, 0o000, async () => {
      await expect(catalog.get("a")).rejects.toMatchObject({ code: "CATALOG_NOT_READABLE" });
    });
    await withPermissions(cacheDir, 0o555, async () => {
      await expect(catalog.get("a")).resolves.toMatchObject({ id: "a" });
      await expect(catalog.put(sampleEntry("b"))).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE" });
    });
  });
});

test("defect 4: deleting a record touches no bytes, of a user's file or folder, nor of what two ids share", async () => {
  const scratch = await scratchFolder();
  const models = join(scratch, "models");
  await mkdir(models);
  await writeFile(join(models, "model.gguf"), "bytes");
  const before = await treeSnapshot(models);
  const catalog = new FsCatalog(join(scratch, "cache"));
  await catalog.put(sampleEntry("file", { localPath: join(models, "model.gguf") }));
  await catalog.put(sampleEntry("same file", { localPath: join(models, "model.gguf") }));
  await catalog.put(sampleEntry("folder", { localPath: models, kind: "directory" }));

  for (const id of ["file", "folder"]) await expect(catalog.delete(id)).resolves.toBe(true);
  await expect(treeSnapshot(models)).resolves.toEqual(before);
  await expect(collect(catalog.list())).resolves.toMatchObject([{ id: "same file" }]);
});

test("present entries are read without listing a folder, and without a schema library", async () => {
  const cacheDir = await scratchFolder();
  const catalog = new FsCatalog(cacheDir);
  await catalog.put(sampleEntry("a"));
  const calls: string[] = [];
  const restore = await interceptFs(cacheDir, ({ name }) => void calls.push(name));
  await catalog.get("a").finally(restore);
  // The document; that it has no state of its own; that this still is the document.
  expect(calls).toEqual(["open", "stat", "read", "open", "stat"]);
});

async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).toSorted();
}

async function failing(root: string, call: string, systemCode: string, work: () => Promise<void>): Promise<void> {
  const refusal = (): Promise<never> => Promise.reject(Object.assign(new Error(systemCode), { code: systemCode }));
  const restore = await interceptFs(root, ({ name }) => (name === call ? refusal() : undefined));
  await work().finally(restore);
}
