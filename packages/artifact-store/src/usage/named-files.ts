import type { CatalogEntry } from "@llama-orch/catalog-core";
import { artifactFile, artifactLocation } from "../artifact-files.ts";
import type { FoundFile } from "../files-below.ts";
import type { Survey } from "../survey/survey-cache.ts";

/** Finds the files of managed entries among those that are there. */
export function namedFiles({ cacheDir, models }: Survey): (entry: CatalogEntry) => readonly FoundFile[] {
  const found = models.flatMap(({ children }) => children).flatMap(({ files }) => files);
  const files = new Map(found.map((file) => [file.path, file]));
  return (entry) => {
    const artifact = artifactLocation(cacheDir, entry);
    return entry.files.flatMap(({ path }) => files.get(artifactFile(artifact, path)) ?? []);
  };
}
