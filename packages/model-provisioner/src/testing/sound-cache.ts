import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { artifactLocation, checkPresence, describeArtifact } from "@llama-orch/artifact-store";
import { type CatalogEntry, type DigestText, FsCatalog } from "@llama-orch/catalog-core";
import { expect } from "vitest";
import { entriesOf } from "./setting.ts";
import { filesUnder } from "./tree.ts";

/** A version of a model: what its files have in them, by path. */
export type Content = Readonly<Record<string, string>>;

export interface Sound {
  /** Everything that may be visible. */
  readonly versions: readonly Content[];
  /** What was going on before, for the message of a failed assertion. */
  readonly doing: string;
  /** The model, by the end of its id, that may be on record without its bytes. */
  readonly removed?: string;
}

/** That all records can be read, and tell the truth; and that whatever is visible is whole, on record or not. */
export async function assertSound(cacheDir: string, { versions, doing, removed }: Sound): Promise<void> {
  const damages: unknown[] = [];
  const catalog = new FsCatalog(cacheDir, { onDamaged: (report) => damages.push(report) });
  for (const entry of await entriesOf(catalog)) {
    if (removed !== undefined && entry.id.endsWith(removed)) continue;
    const { id, digest } = entry;
    const presence = await checkPresence(artifactLocation(cacheDir, entry), entry);
    expect({ doing, id, presence, actual: await digestNow(cacheDir, entry) }).toEqual({
      doing,
      id,
      presence: "intact",
      actual: digest,
    });
  }
  expect({ doing, damages }).toEqual({ doing, damages: [] });
  for (const shown of await versionsIn(cacheDir)) {
    expect({ doing, shown }).toEqual({ doing, shown: expect.toBeOneOf([...versions]) });
  }
}

/** Of the files as they lie. `verifyModel` would note down what it finds, and nothing may change here. */
async function digestNow(cacheDir: string, entry: CatalogEntry): Promise<DigestText | undefined> {
  const files = entry.files.map(({ path, sizeBytes }) => ({ path, sizeBytes }));
  const description = await describeArtifact(artifactLocation(cacheDir, entry), files).catch(() => undefined);
  return description?.digest;
}

/** The content of every folder that has the name of a version. */
async function versionsIn(cacheDir: string): Promise<readonly Content[]> {
  const versions: Content[] = [];
  const models = join(cacheDir, "models");
  for (const model of await namesIn(models)) {
    for (const version of await namesIn(join(models, model))) {
      if (version !== ".id") versions.push(await contentOf(join(models, model, version)));
    }
  }
  return versions;
}

/** Of a file or a folder. */
export async function contentOf(path: string): Promise<Content> {
  if ((await stat(path)).isFile()) return { [basename(path)]: await readFile(path, "utf8") };
  const files = await filesUnder(path);
  const contents = files.map(async (file) => [file, await readFile(join(path, file), "utf8")] as const);
  return Object.fromEntries(await Promise.all(contents));
}

/**
 * That nothing is left in a cache but its Active models, one version each, the blobs that they have, their records, and
 * the files of locks.
 */
export async function assertTidy(cacheDir: string, doing: string): Promise<void> {
  const entries = await entriesOf(new FsCatalog(cacheDir));
  const files = (await filesUnder(cacheDir)).filter((path) => !path.startsWith("catalog/"));
  const others = files.filter((path) => !/^locks\/[0-9a-f]{16}\.lock$/.test(path) && !path.startsWith("blobs/"));
  const shown = entries.flatMap(namesOf).toSorted();
  const folders = entries.map(({ localPath }) => localPath.split("/").slice(0, 3).join("/"));
  expect({ doing, others, versions: await versionFolders(cacheDir) }).toEqual({
    doing,
    others: shown,
    versions: folders.toSorted(),
  });
  const left = [...(await namesIn(join(cacheDir, "ingest"))), ...(await namesIn(join(cacheDir, "damaged")))];
  expect({ doing, left }).toEqual({ doing, left: [] });
  for (const blob of files.filter((path) => path.startsWith("blobs/"))) {
    const { nlink } = await stat(join(cacheDir, blob));
    expect({ doing, blob, isShared: nlink > 1 }).toEqual({ doing, blob, isShared: true });
  }
}

/** The files of a managed entry, with the one that names its folder, relative to the cache root. */
function namesOf({ kind, localPath, files }: CatalogEntry): readonly string[] {
  const idFile = [...localPath.split("/").slice(0, 2), ".id"].join("/");
  return [idFile, ...files.map(({ path }) => (kind === "file" ? localPath : `${localPath}/${path}`))];
}

/** Also the empty ones. */
async function versionFolders(cacheDir: string): Promise<readonly string[]> {
  const models = await namesIn(join(cacheDir, "models"));
  const versions = await Promise.all(
    models.map(async (model) => {
      const names = await namesIn(join(cacheDir, "models", model));
      return names.length === 0 ? [`models/${model}`] : names.map((name) => `models/${model}/${name}`);
    }),
  );
  return versions
    .flat()
    .filter((path) => basename(path) !== ".id")
    .toSorted();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
