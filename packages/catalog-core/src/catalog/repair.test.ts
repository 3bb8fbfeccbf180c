import { link, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { interceptFs } from "../../../../tools/crash-harness/src/index.ts";
import { type CatalogLayout, catalogLayout, entryDocumentPath, stateDocumentPath } from "./catalog-layout.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";
import { treeSnapshot } from "./testing/tree-snapshot.ts";

interface Setting {
  readonly cacheDir: string;
  readonly catalog: FsCatalog;
  readonly layout: CatalogLayout;
  /** The entry document of `a`. */
  readonly path: string;
}

async function setting(): Promise<Setting> {
  const cacheDir = await scratchFolder();
  const catalog = new FsCatalog(cacheDir);
  await catalog.put(sampleEntry("a"));
  await catalog.put(sampleEntry("other"));
  const layout = catalogLayout(cacheDir);
  return { cacheDir, catalog, layout, path: entryDocumentPath(layout, "a") };
}

test("a sound catalog is left as it is", async () => {
  const { cacheDir, catalog } = await setting();
  await catalog.setState("a", "Retired");
  const before = await treeSnapshot(cacheDir);
  await expect(catalog.repair()).resolves.toEqual({ quarantined: [], removed: [], newer: [] });
  await expect(treeSnapshot(cacheDir)).resolves.toEqual(before);
});

test("damaged and foreign documents go into quarantine, and are kept whole there", async () => {
  const { catalog, layout, path } = await setting();
  const foreign = join(dirname(path), "notes.txt");
  const folder = join(layout.entries, "a folder");
  await writeFile(path, "damaged");
  await writeFile(foreign, "foreign");
  await mkdir(folder);
  await writeFile(join(folder, "file"), "in a folder");

  const { quarantined, removed, newer } = await catalog.repair();
  expect(quarantined.map((one) => one.path).toSorted()).toEqual([path, foreign, folder].toSorted());
  expect({ removed, newer }).toEqual({ removed: [], newer: [] });
  const movedTo = Object.fromEntries(quarantined.map((one) => [one.path, one.movedTo]));
  await expect(readFile(movedTo[path] ?? "", "utf8")).resolves.toBe("damaged");
  await expect(readFile(movedTo[foreign] ?? "", "utf8")).resolves.toBe("foreign");
  await expect(readFile(join(movedTo[folder] ?? "", "file"), "utf8")).resolves.toBe("in a folder");

  await expect(collect(catalog.list())).resolves.toEqual([sampleEntry("other")]);
  await expect(catalog.repair()).resolves.toEqual({ quarantined: [], removed: [], newer: [] });
});

test("a lifecycle that is lost is Retired from then on", async () => {
  const { catalog, path } = await setting();
  await catalog.setState("a", "Active");
  const statePath = await onlyState(path);
  await writeFile(statePath, "damaged");
  const { quarantined } = await catalog.repair();
  expect(quarantined).toMatchObject([{ path: statePath }]);
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a", { lifecycle: "Retired" }));
  await expect(catalog.repair()).resolves.toEqual({ quarantined: [], removed: [], newer: [] });
});

test("states of entries that are gone are removed, also of one that goes into quarantine", async () => {
  const { catalog, path } = await setting();
  const stale = stateDocumentPath(path, "0".repeat(32));
  await writeFile(stale, "whatever it says");
  await expect(catalog.repair()).resolves.toMatchObject({ quarantined: [], removed: [stale] });
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));

  await catalog.setState("a", "Retired");
  const statePath = await onlyState(path);
  await writeFile(path, "damaged");
  await expect(catalog.repair()).resolves.toMatchObject({ quarantined: [{ path }], removed: [statePath] });
});

test("private files of dead writers are swept up after an hour, and not before", async () => {
  const { catalog, layout } = await setting();
  const [old, recent] = [join(layout.temporary, "old.tmp"), join(layout.temporary, "recent.tmp")];
  await writeFile(old, "half a docum");
  await writeFile(recent, "half a docum");
  const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
  await utimes(old, twoHoursAgo, twoHoursAgo);
  await expect(catalog.repair()).resolves.toEqual({ quarantined: [], removed: [old], newer: [] });
  await expect(readdir(layout.temporary)).resolves.toEqual(["recent.tmp"]);
});

test("a good document that takes the place of a damaged one in the last moment stays", async () => {
  const { cacheDir, catalog, layout, path } = await setting();
  const good = join(layout.temporary, "good");
  await link(path, good);
  await rm(path);
  await writeFile(path, "damaged");

  const writer = new FsCatalog(cacheDir);
  let intrusions = 0;
  const restore = await interceptFs(cacheDir, (call) => {
    if (call.name !== "rename" || !call.path.includes("quarantine") || intrusions > 0) return undefined;
    intrusions += 1;
    return writer.put(sampleEntry("a", { version: "2" }));
  });
  const report = await catalog.repair().finally(restore);

  expect(intrusions).toBe(1);
  // The writer had kept a copy of what was damaged.
  expect(report.quarantined).toEqual([]);
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a", { version: "2" }));
  await expect(readdir(layout.quarantine)).resolves.toEqual([expect.stringContaining(basename(path))]);
});

async function onlyState(entryPath: string): Promise<string> {
  const names = await readdir(dirname(entryPath));
  const states = names.filter((name) => name.startsWith(basename(entryPath, ".json")) && name.endsWith(".state.json"));
  expect(states).toHaveLength(1);
  return join(dirname(entryPath), states[0] ?? "");
}
