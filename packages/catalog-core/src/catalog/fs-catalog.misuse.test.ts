import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { catalogLayout, entryDocumentPath } from "./catalog-layout.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";

/** Calls a method as JavaScript can: nobody checked the types. */
async function call(
  catalog: FsCatalog,
  method: "get" | "put" | "setState" | "delete",
  ...values: readonly unknown[]
): Promise<unknown> {
  const answer: unknown = Reflect.apply(catalog[method], catalog, values);
  return answer;
}

test.each(["Bogus", "active", "", undefined, null, 1])("setState refuses %j, and writes nothing", async (state) => {
  const catalog = new FsCatalog(await scratchFolder());
  await catalog.put(sampleEntry("a"));
  await expect(call(catalog, "setState", "a", state)).rejects.toMatchObject({ code: "ENTRY_INVALID" });
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
});

test("put writes what it was given, however the object changes while it works", async () => {
  const catalog = new FsCatalog(await scratchFolder());
  const entry = { ...sampleEntry("a") };
  const written = catalog.put(entry);
  Object.assign(entry, { id: "b", digest: "nonsense", sizeBytes: -1 });
  await written;
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
  await expect(collect(catalog.list())).resolves.toEqual([sampleEntry("a")]);
});

test("put checks the text that it writes, not an object that prints itself anew each time", async () => {
  const catalog = new FsCatalog(await scratchFolder());
  let printed = 0;
  const entry = {
    ...sampleEntry("a"),
    toJSON: (): object => {
      printed += 1;
      return printed === 1 ? sampleEntry("a") : { ...sampleEntry("a"), digest: "nonsense" };
    },
  };
  await catalog.put(entry);
  await expect(catalog.get("a")).resolves.toEqual(sampleEntry("a"));
});

const circle: Record<string, unknown> = { ...sampleEntry("a") };
circle["self"] = circle;

test.each([
  ["undefined", undefined],
  ["null", null],
  ["a number", 5],
  ["a function", () => {}],
  ["a list", []],
  ["an object with a bigint", { ...sampleEntry("a"), sizeBytes: 5n }],
  ["an object that holds itself", circle],
])("put refuses %s", async (_, entry: unknown) => {
  const catalog = new FsCatalog(await scratchFolder());
  await expect(call(catalog, "put", entry)).rejects.toMatchObject({ code: "ENTRY_INVALID" });
});

test.each([[5], [undefined], [null], [{}]])("an id that is no text is refused: %j", async (id: unknown) => {
  const catalog = new FsCatalog(await scratchFolder());
  const refusal = { code: "ENTRY_INVALID" };
  await expect(call(catalog, "get", id)).rejects.toMatchObject(refusal);
  await expect(call(catalog, "delete", id)).rejects.toMatchObject(refusal);
  await expect(call(catalog, "setState", id, "Active")).rejects.toMatchObject(refusal);
});

test.each([[5], [undefined], [null]])("a cache folder that is no text is refused: %j", (cacheDir: unknown) => {
  expect(() => {
    Reflect.construct(FsCatalog, [cacheDir]);
  }).toThrow(expect.objectContaining({ code: "CATALOG_DIR_INVALID" }));
});

const listeners: readonly (readonly [string, () => unknown])[] = [
  [
    "throws",
    () => {
      throw new Error("the log is down");
    },
  ],
  ["rejects", async () => Promise.reject(new Error("the log is down"))],
];

test.each(listeners)("an onDamaged that %s changes nothing", async (_, onDamaged) => {
  const cacheDir = await scratchFolder();
  const catalog = new FsCatalog(cacheDir, { onDamaged });
  await catalog.put(sampleEntry("a"));
  await catalog.put(sampleEntry("b"));
  const path = entryDocumentPath(catalogLayout(cacheDir), "a");
  await writeFile(path, "torn");
  await expect(catalog.get("a")).resolves.toBeUndefined();
  await expect(collect(catalog.list())).resolves.toEqual([sampleEntry("b")]);
  await catalog.put(sampleEntry("a"));
  await expect(readFile(path, "utf8")).resolves.toContain("schema");
});
