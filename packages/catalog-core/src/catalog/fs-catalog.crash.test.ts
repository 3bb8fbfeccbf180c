import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { crashEverywhere, traceCalls } from "../../../../tools/crash-harness/src/index.ts";
import { catalogLayout, entryDocumentPath } from "./catalog-layout.ts";
import { type DamageReport, FsCatalog } from "./fs-catalog.ts";
import { contentOf, type Operation, perform } from "./testing/catalog-operations.ts";
import { collect } from "./testing/collect.ts";
import { sampleEntry } from "./testing/sample-entry.ts";

const put: Operation = { type: "put", version: "1", lifecycle: "Active" };
const putAgain: Operation = { type: "put", version: "2", lifecycle: "Active" };
const retire: Operation = { type: "setState", lifecycle: "Retired" };
const script = join(import.meta.dirname, "testing", "crash-operation.ts");

interface Crash {
  readonly name: string;
  readonly before: readonly Operation[];
  /** What lies in the place of the entry document. */
  readonly damaged?: string;
  readonly operation: Operation;
  /** What may be found afterwards: the old state, the new one. */
  readonly allowed: readonly string[];
}

const crashes: readonly Crash[] = [
  { name: "the first put of all", before: [], operation: put, allowed: ["none", "1 Active"] },
  {
    name: "a put over a retired entry",
    before: [put, retire],
    operation: putAgain,
    allowed: ["1 Retired", "2 Active"],
  },
  { name: "a put over damage", before: [put], damaged: "dama", operation: putAgain, allowed: ["none", "2 Active"] },
  { name: "a setState", before: [put], operation: retire, allowed: ["1 Active", "1 Retired"] },
  { name: "a delete", before: [put, retire], operation: { type: "delete" }, allowed: ["1 Retired", "none"] },
  { name: "a repair", before: [put], damaged: "dama", operation: { type: "repair" }, allowed: ["none"] },
];

describe("defect 1, also metadata written non-atomically: killed before any file system call, or in the middle of a write,", () => {
  test.each(crashes)("$name leaves the old state or the new one", { timeout: 60_000 }, async (crash) => {
    const found = new Set<string>();
    const points = await crashEverywhere({
      script,
      args: [JSON.stringify(crash.operation)],
      prepare: async () => prepare(crash),
      verify: async (cacheDir, point) => {
        found.add(await verify(cacheDir, crash, `killed at ${point.doing}`));
      },
    });
    expect(points.length).toBeGreaterThan(0);
    expect(found).toContain(crash.allowed[0]);
  });
});

async function prepare({ before, damaged }: Crash): Promise<string> {
  const cacheDir = await mkdtemp(join(tmpdir(), "catalog-crash-"));
  const catalog = new FsCatalog(cacheDir);
  if (before.length > 0) await catalog.put(sampleEntry("other"));
  for (const operation of before) await perform(catalog, operation);
  if (damaged !== undefined) await writeFile(entryDocumentPath(catalogLayout(cacheDir), "a"), damaged);
  return cacheDir;
}

async function verify(cacheDir: string, { before, damaged, allowed }: Crash, context: string): Promise<string> {
  const reports: DamageReport[] = [];
  const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => reports.push(report) });
  const content = await contentOf(catalog);
  if (!allowed.includes(content)) throw new Error(`${context}: the catalog has ${content}`);

  const others = before.length > 0 ? ["other"] : [];
  const listed = await collect(catalog.list());
  expect({ context, listed: listed.map(({ id }) => id).toSorted(), reports: damaged ? [] : reports }).toEqual({
    context,
    listed: [...(content === "none" ? [] : ["a"]), ...others],
    reports: [],
  });

  await catalog.put(sampleEntry("a", { version: "next" }));
  const { quarantined, newer } = await catalog.repair();
  expect({ context, quarantined, newer, content: await contentOf(catalog) }).toEqual({
    context,
    quarantined: [],
    newer: [],
    content: "next Active",
  });
  return content;
}

test("durable: the content is synced before the rename, and the folder after it", async () => {
  const calls = await traceCalls({
    script,
    args: [JSON.stringify(putAgain)],
    prepare: async () => prepare({ name: "", before: [put, retire], operation: putAgain, allowed: [] }),
    verify: async () => {},
  });
  const steps = calls.map(({ name, path }) => `${name} ${place(path)}`);
  const from = steps.indexOf("writeFile tmp");
  expect(steps.slice(from)).toEqual([
    "writeFile tmp",
    "sync tmp",
    "rename document",
    "open folder",
    "sync folder",
    // Only now is the state of the old document of no use to anyone.
    "unlink state",
  ]);
});

test("durable: the name of a new folder is synced in the folder above, before anything is put into it", async () => {
  const cacheDir = join(await mkdtemp(join(tmpdir(), "catalog-crash-")), "made");
  const calls = await traceCalls({
    script,
    args: [JSON.stringify(put)],
    prepare: async () => cacheDir,
    verify: async () => {},
  });
  await rm(join(cacheDir, ".."), { recursive: true });
  const steps = calls.filter(({ name }) => ["sync", "rename"].includes(name)).map(({ path }) => place(path));
  // The folder above the cache is synced too, but lies outside of what is traced.
  expect(steps).toEqual(["entries", "catalog", "", "tmp", "document", "folder"]);
});

function place(path: string): string {
  if (path.endsWith(".tmp")) return "tmp";
  if (path.endsWith(".state.json")) return "state";
  if (path.endsWith(".json")) return "document";
  return /[\\/][0-9a-f]{2}$/.test(path) ? "folder" : path.replace(/.*[\\/]/, "");
}
