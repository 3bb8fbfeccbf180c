import { dirname, join, relative, sep } from "node:path";
import { fileErrorFrom, isModelError, type ModelError } from "@llama-orch/catalog-core";
import { cacheLayout } from "../cache-layout.ts";
import { type Found, foundAt, foundBelow, type FoundFile, foundIn } from "../files-below.ts";
import { mapInLanes } from "../map-in-lanes.ts";
import { isIdFile as isIdPath } from "../publish/id-file.ts";
import { isIdFile } from "./names.ts";

/** What lies in the folders of a cache, as it was found; what it means is for others to say. */
export interface Survey {
  /** Absolute path of the cache root. */
  readonly cacheDir: string;
  readonly ingest: readonly FoundTree[];
  readonly models: readonly FoundModel[];
  readonly damaged: readonly FoundTree[];
  readonly shelves: readonly Shelf[];
  readonly locks: readonly Found[];
  /** What may not be looked at; nothing below it is anywhere above. */
  readonly unreadable: readonly { readonly path: string; readonly error: ModelError }[];
}

/** Something with all that is below it. */
export interface FoundTree extends Found {
  /** Itself, if it is a file. */
  readonly files: readonly FoundFile[];
  /** When anything of it last changed, ms since 1970. */
  readonly newestMs: number;
}

/** A folder of `models/`, with what lies in it beside the file with its id: its versions. */
export interface FoundModel extends Found {
  readonly hasIdFile: boolean;
  readonly children: readonly FoundTree[];
}

/** A folder of blobs. */
export interface Shelf extends Found {
  /** Whether it lies below `blobs/sha256`. */
  readonly isSynced: boolean;
  readonly contents: readonly Found[];
}

/** Things that are looked at side by side; each of them looks at some files at once. */
const lanes = 4;

/**
 * Looks at all that is in a cache: reads names and stats, once each, and follows no symbolic link.
 *
 * In the order in which bytes move, so that what moves meanwhile is met at least once: it arrives, becomes a model, is set
 * aside; the second name that it gets below `blobs/` on the way is looked for last.
 */
export async function surveyCache(cacheDir: string, signal?: AbortSignal): Promise<Survey> {
  const layout = cacheLayout(cacheDir);
  const unreadable: { path: string; error: ModelError }[] = [];

  async function look<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      const error = fileErrorFrom(cause, path, "read");
      if (!isModelError(error)) throw cause;
      unreadable.push({ path, error });
      return undefined;
    }
  }
  async function all<T>(found: readonly Found[], work: (each: Found) => Promise<T>): Promise<readonly T[]> {
    const results = await mapInLanes(found, lanes, (each) => look(each.path, () => work(each)));
    return results.filter((result) => result !== undefined);
  }
  const contentsOf = async (folder: string): Promise<readonly Found[]> =>
    (await look(folder, () => foundInside(cacheDir, folder))) ?? [];

  const ingest = await all(await contentsOf(layout.ingest), foundArrival);
  const models = await all(await contentsOf(layout.models), foundModel);
  const damaged = await all(await contentsOf(layout.damaged), foundTree);
  const synced = await all(await contentsOf(layout.blobs), (found) => shelf(found, true));
  const unsynced = await all(await contentsOf(layout.unsynced), (found) => shelf(found, false));
  const locks = await contentsOf(layout.locks);
  return { cacheDir, ingest, models, damaged, shelves: [...synced, ...unsynced], locks, unreadable };
}

/** What lies in a folder of the cache; nothing where a symbolic link would have to be followed to it. */
async function foundInside(cacheDir: string, folder: string): Promise<readonly Found[]> {
  let path = cacheDir;
  for (const name of relative(cacheDir, folder).split(sep)) {
    path = join(path, name);
    if ((await foundAt(path))?.type !== "folder") return [];
  }
  return foundIn(folder);
}

async function foundTree(found: Found): Promise<FoundTree> {
  const below = found.type === "folder" ? await foundBelow(found.path) : [found];
  return {
    ...found,
    files: below.filter(({ type }) => type === "file"),
    newestMs: below.reduce((newest, { changedMs }) => Math.max(newest, changedMs), found.changedMs),
  };
}

/** A model that is out of sight lies among the arrivals; the file with its id counts nowhere. */
async function foundArrival(found: Found): Promise<FoundTree> {
  const tree = await foundTree(found);
  return { ...tree, files: tree.files.filter(({ path }) => !(isIdPath(path) && dirname(path) === found.path)) };
}

async function foundModel(found: Found): Promise<FoundModel> {
  const children = found.type === "folder" ? await foundIn(found.path) : [];
  const others = children.filter((child) => !isIdFile(child));
  const hasIdFile = others.length < children.length;
  return { ...found, hasIdFile, children: await mapInLanes(others, lanes, foundTree) };
}

async function shelf(found: Found, isSynced: boolean): Promise<Shelf> {
  return { ...found, isSynced, contents: found.type === "folder" ? await foundIn(found.path) : [] };
}
