import { readFile } from "node:fs/promises";
import { type CatalogEntry, fileErrorFrom } from "@llama-orch/catalog-core";
import { artifactLocation } from "../../artifact-files.ts";
import type { Durability } from "../../durability.ts";
import { filesBelow } from "../../files-below.ts";
import { openIngest } from "../../ingest/open-ingest.ts";
import { openModelLock } from "../../locks/model-lock.ts";
import { checkPresence } from "../../presence.ts";
import { keepContent } from "../../publish/keep-content.ts";
import { publishArtifact } from "../../publish/publish.ts";
import { entryOf, type ModelCache } from "../../survey/testing/model-cache.ts";
import { type Files, fill, record } from "../../testing/test-cache.ts";

/** The model that is brought while the cache is collected. */
export const id = "mem:slow";
export const oneFile: Files = { "sub/a.gguf": "bytes of one" };
export const twoFiles: Files = { ...oneFile, "b.gguf": "bytes of two" };

export type Prepare = (cache: ModelCache, files: Files) => Promise<unknown>;

/** What may be there before it is brought. */
export const starts = {
  nothing: async () => {},
  "another model with one of its files": (cache) => cache.add("mem:other", { x: "bytes of one" }),
  "a Retired model with one of its files": (cache) =>
    cache.add("mem:other", { x: "bytes of one" }, { lifecycle: "Retired" }),
  "one of its files, which was kept, and which no model has": async (cache) => {
    const { ingest, description } = await cache.arrive("mem:refused", { x: "bytes of one" });
    await keepContent({ cacheDir: cache.cacheDir, ingest, description });
    await ingest.discard();
  },
  "one of its files, which was not waited for": (cache) => cache.publish("mem:other", { x: "bytes of one" }, "relaxed"),
  "just it, never registered": (cache, files) => cache.publish(id, files),
  "just it, on record": (cache, files) => cache.add(id, files),
  "just it, Retired": (cache, files) => cache.add(id, files, { lifecycle: "Retired" }),
  "another version of it": (cache) => cache.add(id, { x: "another" }),
  "another version of it, and just it, superseded": async (cache, files) => {
    await cache.publish(id, files);
    await cache.add(id, { x: "another" });
  },
} satisfies Readonly<Record<string, Prepare>>;

export type Start = keyof typeof starts;

export interface Way {
  /** `passed-by`: not even if nobody else holds it, as where nothing can be locked, or after waiting too long. */
  readonly lock: "held" | "passed-by";
  /** What is here already is taken first, and not fetched. */
  readonly takesPresent: boolean;
  readonly durability: Durability;
  readonly files: Files;
}

/** As the provisioner does it: arrives, is published, is put on record, all within its turn. */
export async function bring(cache: ModelCache, { lock, takesPresent, durability, files }: Way): Promise<CatalogEntry> {
  const { cacheDir, catalog } = cache;
  const holder = await openModelLock(cacheDir, id);
  const holdsLock = lock === "held" && holder.tryHold() === "held";
  if (!holdsLock && lock === "held") throw new Error("Somebody else holds the lock.");
  const ingest = await openIngest(cacheDir, id, { holdsLock });
  try {
    const wanted = Object.entries(files).map(([path, content]) => record(path, content));
    const taken = takesPresent ? await ingest.takePresent(wanted) : [];
    const fetched = Object.entries(files).filter(([path]) => !taken.some((each) => each.path === path));
    await fill(ingest, Object.fromEntries(fetched)).catch((error: unknown) => {
      throw fileErrorFrom(error, ingest.directory, "write");
    });
    await ingest.placePresent(new Set(fetched.map(([path]) => path)));
    const description = entryOf(id, { localPath: "", files: wanted });
    const published = await publishArtifact({ cacheDir, id, kind: "directory", ingest, description, durability });
    const { unsyncedBoot } = published;
    const entry = { ...entryOf(id, published), ...(unsyncedBoot !== undefined && { unsyncedBoot }) };
    await catalog.put(entry);
    return entry;
  } finally {
    await ingest.discard();
    await holder.release();
  }
}

/**
 * As whoever works without the lock has to do it: uses what is here, writes the record, then looks whether the bytes still
 * are; if not, brings them.
 */
export async function ensureWithoutLock(cache: ModelCache, way: Way): Promise<void> {
  const known = await cache.catalog.get(id);
  const isWanted = known?.digest === entryOf(id, { localPath: "", files: recordsOf(way.files) }).digest;
  if (known !== undefined && isWanted && (await isIntact(cache, known))) {
    await cache.catalog.put({ ...known, lifecycle: "Active" });
    if (await isIntact(cache, known)) return;
  }
  for (;;) if (await isIntact(cache, await bring(cache, { ...way, lock: "passed-by" }))) return;
}

function recordsOf(files: Files): CatalogEntry["files"] {
  return Object.entries(files).map(([path, content]) => record(path, content));
}

export async function isIntact({ cacheDir }: ModelCache, entry: CatalogEntry): Promise<boolean> {
  return (await checkPresence(artifactLocation(cacheDir, entry), entry)) === "intact";
}

/** Text by path of all that lies below a folder. */
export async function contentOf(root: string): Promise<Files> {
  const found = await filesBelow(root);
  const read = found.map(
    async ({ path }) => [path.slice(root.length + 1).replaceAll("\\", "/"), await readFile(path, "utf8")] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}
