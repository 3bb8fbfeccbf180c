import { fileFetcherError } from "../errors.ts";
import type { ModelSource } from "../model-source.ts";

/**
 * That no two names are one where a file system folds case or normalizes unicode: a model that is brought shall be the
 * same on every machine, also on one where the second of them would overwrite the first.
 * @throws ModelError `FILE_NAMES_COLLIDE`
 */
export function assertDistinctNames({ root, files }: ModelSource): void {
  const pathOf = new Map<string, string>();
  for (const { path } of files) {
    const other = pathOf.get(folded(path));
    if (other !== undefined) throw collision(root, [other, path]);
    pathOf.set(folded(path), path);
  }
  for (const { path } of files) {
    const other = foldersAbove(path).find((folder) => pathOf.has(folded(folder)));
    if (other !== undefined) throw collision(root, [pathOf.get(folded(other)) ?? "", other]);
  }
}

function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** `a/b/c`: `a`, `a/b`. */
function foldersAbove(path: string): string[] {
  const segments = path.split("/");
  return segments.slice(1).map((_segment, index) => segments.slice(0, index + 1).join("/"));
}

function collision(root: string, names: readonly [string, string]): Error {
  const shown = names.map((name) => JSON.stringify(name)).join(" and ");
  return fileFetcherError("FILE_NAMES_COLLIDE", {
    message: `The folder ${root} holds ${shown}, which are one name where a file system folds case or unicode.`,
    hint: 'Rename one of them, or use the model where it lies: fileFetcher({ stage: "in-place" }).',
    facts: { path: root, names },
  });
}
