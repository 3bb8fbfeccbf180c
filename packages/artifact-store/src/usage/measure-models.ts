import { stat } from "node:fs/promises";
import type { CatalogEntry, Lifecycle } from "@llama-orch/catalog-core";
import { artifactFile, artifactLocation } from "../artifact-files.ts";
import { modelFolderName } from "../cache-layout.ts";
import { type FoundFile, sumOf } from "../files-below.ts";
import { mapInLanes } from "../map-in-lanes.ts";
import type { Survey } from "../survey/survey-cache.ts";
import { namedFiles } from "./named-files.ts";

/** What a model takes on the disk. Files that are missing count as 0. */
export interface ModelUsage {
  readonly id: string;
  readonly lifecycle: Lifecycle;
  readonly location: "managed" | "external";
  /** Of its files, as if nothing were shared. */
  readonly sizeBytes: number;
  /** Of those bytes, what others have as well: other models, or whoever else linked to them. Each file once. */
  readonly sharedBytes: number;
  /** What the disk would get back if it were removed, in every version. 0 for external models, which are never deleted. */
  readonly onlyBytes: number;
}

const lanes = 8;

export async function measureModels(
  survey: Survey,
  entries: readonly CatalogEntry[],
  signal: AbortSignal | undefined,
): Promise<readonly ModelUsage[]> {
  const measure = managedMeasure(survey);
  return mapInLanes(entries, lanes, async (entry) => {
    signal?.throwIfAborted();
    const { id, lifecycle, location } = entry;
    const bytes =
      location === "managed"
        ? measure(entry)
        : { sizeBytes: await externalSize(survey.cacheDir, entry), sharedBytes: 0, onlyBytes: 0 };
    return { id, lifecycle, location, ...bytes };
  });
}

type Measure = (entry: CatalogEntry) => Pick<ModelUsage, "sizeBytes" | "sharedBytes" | "onlyBytes">;

function managedMeasure(survey: Survey): Measure {
  const filesOf = namedFiles(survey);
  const folders = new Map(survey.models.map(({ name, children }) => [name, children.flatMap(({ files }) => files)]));
  const blobs = Map.groupBy(
    survey.shelves.flatMap(({ contents }) => contents),
    ({ inode }) => inode,
  );

  return (entry) => {
    const named = filesOf(entry);
    const own = Map.groupBy(folders.get(modelFolderName(entry.id)) ?? [], ({ inode }) => inode);
    const isOnly = ([inode, names]: readonly [bigint, readonly FoundFile[]]): boolean =>
      names.every(({ links }) => names.length + (blobs.get(inode)?.length ?? 0) >= links);
    const only = new Map([...own].filter(isOnly));
    const shared = new Map(named.filter(({ inode }) => !only.has(inode)).map((file) => [file.inode, file]));
    return {
      sizeBytes: sumOf(named),
      sharedBytes: sumOf([...shared.values()]),
      onlyBytes: sumOf([...only.values()].flatMap((names) => names.slice(0, 1))),
    };
  };
}

async function externalSize(cacheDir: string, entry: CatalogEntry): Promise<number> {
  const artifact = artifactLocation(cacheDir, entry);
  const sizes = await mapInLanes(entry.files, lanes, ({ path }) => sizeAt(artifactFile(artifact, path)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What cannot be looked at is as good as missing: it is not ours, and only its size is wanted. */
async function sizeAt(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? stats.size : 0;
}
