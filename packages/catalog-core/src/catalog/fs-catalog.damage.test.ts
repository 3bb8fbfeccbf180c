import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isModelError } from "../errors/model-error.ts";
import { catalogLayout, entryDocumentPath } from "./catalog-layout.ts";
import { type DamageReport, FsCatalog } from "./fs-catalog.ts";
import { sealDocument } from "./sealed-document.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

/** A catalog with the entries `a` and `other`, and what it reported. */
interface Setting {
  readonly cacheDir: string;
  readonly catalog: FsCatalog;
  readonly reports: DamageReport[];
  /** The entry document of `a`. */
  readonly path: string;
}

async function setting(): Promise<Setting> {
  const cacheDir = await scratchFolder();
  const reports: DamageReport[] = [];
  const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => reports.push(report) });
  await catalog.put(sampleEntry("a"));
  await catalog.put(sampleEntry("other"));
  return { cacheDir, catalog, reports, path: entryDocumentPath(catalogLayout(cacheDir), "a") };
}

/** The state document of `a`, which is in no state of its own yet. */
async function retire({ catalog, path }: Setting): Promise<string> {
  await catalog.setState("a", "Retired");
  const names = await readdir(dirname(path));
  const name = names.find((found) => found.startsWith(basename(path, ".json")) && found.endsWith(".state.json"));
  return join(dirname(path), name ?? "");
}

async function quarantined({ cacheDir }: Setting): Promise<string[]> {
  return readdir(catalogLayout(cacheDir).quarantine);
}

test("defect 1: a document cut off anywhere is reported and absent, and nothing else is forgotten", async () => {
  const { catalog, reports, path } = await setting();
  const whole = await readFile(path);
  for (let length = 0; length < whole.length; length += 1) {
    await writeFile(path, whole.subarray(0, length));
    reports.length = 0;
    await expect(catalog.get("a"), `${length} bytes`).resolves.toBeUndefined();
    await expect(collect(catalog.list()), `${length} bytes`).resolves.toEqual([sampleEntry("other")]);
    expect(reports.map((report) => report.path)).toEqual([path, path]);
  }
});

test("a bit that flipped anywhere is noticed", async () => {
  const { catalog, path } = await setting();
  const whole = await readFile(path);
  for (let offset = 0; offset < whole.length; offset += 1) {
    const flipped = Buffer.from(whole);
    flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
    await writeFile(path, flipped);
    const result = await catalog.get("a").catch((error: unknown) => (isModelError(error) ? error.code : error));
    // A schema of 5 is for a newer version to read.
    const isNewer = offset === 10 && flipped.toString("latin1", offset, offset + 1) === "5";
    expect(result, `byte ${offset}`).toBe(isNewer ? "CATALOG_SCHEMA_NEWER" : undefined);
  }
});

describe("defect 3: whatever lies in the place of one record, the others are read", () => {
  const obstacles: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
    "an empty file": (path) => writeFile(path, ""),
    "JSON of someone else": (path) => writeFile(path, '{"id":"a"}'),
    "a blank line": (path) => writeFile(path, "\n"),
    "a folder": (path) => mkdir(path),
    "a folder with files": async (path) => {
      await mkdir(path);
      await writeFile(join(path, "file"), "kept");
    },
    "the record of another id": async (path) =>
      writeFile(path, sealDocument({ nonce: "0".repeat(32), entry: sampleEntry("b") })),
    "a state document": (path) => writeFile(path, sealDocument({ of: "0".repeat(32), lifecycle: "Active" })),
    ...(process.platform !== "win32" && {
      "a FIFO, which must not block": async (path) => promisify(execFile)("mkfifo", [path]),
      "a symbolic link": async (path) => symlink("/etc/hosts", path),
      "a symbolic link to itself": async (path) => symlink(path, path),
    }),
  };

  test.each(Object.entries(obstacles))("%s", async (_, place) => {
    const its = await setting();
    await rm(its.path);
    await place(its.path);

    await expect(its.catalog.get("a")).resolves.toBeUndefined();
    await expect(collect(its.catalog.list())).resolves.toEqual([sampleEntry("other")]);
    expect(its.reports).toHaveLength(2);
    expect(its.reports.every(({ path }) => path === its.path)).toBe(true);

    await its.catalog.put(sampleEntry("a", { version: "2" }));
    await expect(its.catalog.get("a")).resolves.toEqual(sampleEntry("a", { version: "2" }));
    await expect(quarantined(its)).resolves.toEqual([expect.stringContaining(basename(its.path))]);
  });

  test("files that no catalog puts there", async () => {
    const its = await setting();
    const { entries } = catalogLayout(its.cacheDir);
    const strangers = ["notes.txt", join("ff", "notes.txt"), join("00", `${"f".repeat(64)}.json`), "fff"];
    await mkdir(join(entries, "ff"), { recursive: true });
    await mkdir(join(entries, "00"), { recursive: true });
    for (const name of strangers) await writeFile(join(entries, name), "hello");
    await writeFile(join(entries, ".DS_Store"), "left by a desktop");

    const listed = await collect(its.catalog.list());
    expect(listed.map(({ id }) => id).toSorted()).toEqual(["a", "other"]);
    expect(its.reports.map(({ path }) => path).toSorted()).toEqual(
      strangers.map((name) => join(entries, name)).toSorted(),
    );
  });

  test("a file in the place of a folder of records", async () => {
    const its = await setting();
    await rm(dirname(its.path), { recursive: true });
    await writeFile(dirname(its.path), "a file");
    await expect(its.catalog.get("a")).resolves.toBeUndefined();
    await expect(collect(its.catalog.list())).resolves.toEqual([sampleEntry("other")]);
    expect(its.reports.map(({ path }) => path)).toEqual([dirname(its.path), dirname(its.path)]);
    await its.catalog.put(sampleEntry("a"));
    await expect(its.catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  });
});

describe("what is damaged is kept, byte for byte,", () => {
  const damaged = Buffer.from([0, 1, 2, 255, 10, 13]);

  test("when a put replaces it", async () => {
    const its = await setting();
    await writeFile(its.path, damaged);
    await its.catalog.put(sampleEntry("a"));
    await expect(keptBytes(its)).resolves.toEqual([damaged]);
  });

  test("once, however often that happens", async () => {
    const its = await setting();
    for (let time = 0; time < 3; time += 1) {
      await writeFile(its.path, damaged);
      await its.catalog.put(sampleEntry("a"));
    }
    await expect(keptBytes(its)).resolves.toEqual([damaged]);
  });

  test("when a delete removes it", async () => {
    const its = await setting();
    await writeFile(its.path, damaged);
    await expect(its.catalog.delete("a")).resolves.toBe(true);
    await expect(its.catalog.delete("a")).resolves.toBe(false);
    await expect(keptBytes(its)).resolves.toEqual([damaged]);
  });

  test("when its lifecycle is set anew", async () => {
    const its = await setting();
    const statePath = await retire(its);
    await writeFile(statePath, damaged);
    await its.catalog.setState("a", "Active");
    await expect(its.catalog.get("a")).resolves.toEqual(sampleEntry("a"));
    await expect(keptBytes(its)).resolves.toEqual([damaged]);
  });

  async function keptBytes(its: Setting): Promise<readonly Buffer[]> {
    const { quarantine } = catalogLayout(its.cacheDir);
    return Promise.all((await quarantined(its)).map(async (name) => readFile(join(quarantine, name))));
  }
});

describe("a damaged state document", () => {
  test("leaves the entry Retired, as it may have said so, and is reported", async () => {
    const its = await setting();
    const statePath = await retire(its);
    const whole = await readFile(statePath);
    for (let length = 0; length < whole.length; length += 1) {
      await writeFile(statePath, whole.subarray(0, length));
      its.reports.length = 0;
      await expect(its.catalog.get("a")).resolves.toEqual(sampleEntry("a", { lifecycle: "Retired" }));
      expect(its.reports.map(({ path }) => path)).toEqual([statePath]);
    }
  });

  test("of another record counts for nothing", async () => {
    const its = await setting();
    const statePath = await retire(its);
    await writeFile(statePath, sealDocument({ of: "0".repeat(32), lifecycle: "Active" }));
    await expect(its.catalog.get("a")).resolves.toEqual(sampleEntry("a", { lifecycle: "Retired" }));
    expect(its.reports).toHaveLength(1);
  });
});

test("what cannot be read is told from what is not there, so that nobody throws its model away", async () => {
  const its = await setting();
  await expect(its.catalog.isUnreadable("a")).resolves.toBe(false);
  await expect(its.catalog.isUnreadable("never")).resolves.toBe(false);
  const statePath = await retire(its);
  await expect(its.catalog.isUnreadable("a")).resolves.toBe(false);
  await writeFile(statePath, Buffer.from("half a rec"));
  await expect(its.catalog.isUnreadable("a")).resolves.toBe(true);
  for (const unreadable of ["half a rec", '{"schema":2}\n']) {
    await writeFile(its.path, unreadable);
    await expect(its.catalog.isUnreadable("a")).resolves.toBe(true);
  }
});

describe("a newer schema", () => {
  const newer = Buffer.from('{"schema":2,"whatever":"a later version needs"}\n');

  test.each(["entry", "state"])("in the %s document: every method refuses, and leaves it as it is", async (kind) => {
    const its = await setting();
    const path = kind === "entry" ? its.path : await retire(its);
    await writeFile(path, newer);
    const refusal = { code: "CATALOG_SCHEMA_NEWER", facts: { path, schema: 2, supported: 1 } };
    await expect(its.catalog.get("a")).rejects.toMatchObject(refusal);
    await expect(its.catalog.put(sampleEntry("a"))).rejects.toMatchObject(refusal);
    await expect(its.catalog.setState("a", "Active")).rejects.toMatchObject(refusal);
    await expect(its.catalog.delete("a")).rejects.toMatchObject(refusal);
    await expect(its.catalog.repair()).resolves.toEqual({ quarantined: [], removed: [], newer: [path] });
    await expect(readFile(path)).resolves.toEqual(newer);
  });

  test("is reported by list, which goes on", async () => {
    const its = await setting();
    await writeFile(its.path, newer);
    await expect(collect(its.catalog.list())).resolves.toEqual([sampleEntry("other")]);
    expect(its.reports.map(({ path }) => path)).toEqual([its.path]);
    expect(its.reports[0]).toEqual({
      path: its.path,
      problem: "it was written in schema 2, and this version knows 1",
      hint: expect.stringContaining("newer version"),
    });
  });
});
