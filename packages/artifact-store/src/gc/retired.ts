import { join } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { cacheLayout, idHash, modelFolderName } from "../cache-layout.ts";
import { foundAt, type FoundFile } from "../files-below.ts";
import { askCatalog } from "../survey/ask-catalog.ts";
import type { FoundModel } from "../survey/survey-cache.ts";
import { isModelFolder, privateName } from "../survey/names.ts";
import type { Run } from "./run.ts";

/**
 * Retired models, record and bytes, least recently used first, until the cache takes no more than it should. One that would
 * give nothing back, since others that stay have all of its bytes, stays as well.
 */
export async function collectRetired(run: Run, maxSizeBytes: number): Promise<void> {
  await collectEmptyRecords(run);
  if (run.keptBytes <= maxSizeBytes) return;
  const retired = retiredModels(run);
  const isGivenBack = givenBack(run, retired);
  for (const model of retired.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (run.keptBytes <= maxSizeBytes) return;
    if (!model.files.some(isGivenBack)) continue;
    await run.underLock(model.folder, async (isLocked) => {
      if (isLocked || run.isOld(model.usedMs)) await collectOne(run, model);
    });
  }
}

/** Records whose bytes are gone already: a collection that was killed had taken them, and had not got to the record. */
async function collectEmptyRecords(run: Run): Promise<void> {
  const { models } = cacheLayout(run.survey.cacheDir);
  const known = new Set(run.survey.models.map((folder) => folder.path));
  for (const { id } of run.references.entries.filter(isRetired)) {
    const path = join(models, modelFolderName(id));
    if (known.has(path)) continue;
    await run.underLockNamed(idHash(id), path, async () => {
      if ((await foundAt(path)) !== undefined || !(await isStillRetired(run, id))) return;
      await run.collect({ kind: "retired", path, id }, async () => {
        if (!run.isDryRun) await run.catalog.delete(id);
        return 0;
      });
    });
  }
}

interface RetiredModel {
  readonly id: string;
  readonly folder: FoundModel;
  readonly files: readonly FoundFile[];
  /** When it was last used, as far as anything tells, ms since 1970. */
  readonly usedMs: number;
}

function retiredModels(run: Run): readonly RetiredModel[] {
  const folders = new Map(run.survey.models.filter(isModelFolder).map((folder) => [folder.name, folder]));
  return run.references.entries.filter(isRetired).flatMap(({ id, lastVerifiedMs, provenance }) => {
    const folder = folders.get(modelFolderName(id));
    if (folder === undefined || run.usersOf(folder.path).some((user) => user !== id)) return [];
    const children = folder.children.filter((child) => !run.disposal.isGone(child.path));
    const files = children.flatMap((child) => child.files);
    const readMs = files.map((file) => file.readMs);
    const usedMs = readMs.reduce((latest, ms) => Math.max(latest, ms), Math.max(lastVerifiedMs, provenance.finishedMs));
    return [{ id, folder, files, usedMs }];
  });
}

function isRetired({ lifecycle, location }: CatalogEntry): boolean {
  return lifecycle === "Retired" && location === "managed";
}

/** Tells whether a file would be given back if all Retired models went. */
function givenBack(run: Run, retired: readonly RetiredModel[]): (file: FoundFile) => boolean {
  const blobs = run.survey.shelves.flatMap(({ contents }) => contents).filter(({ path }) => !run.disposal.isGone(path));
  const going = Map.groupBy([...blobs, ...retired.flatMap(({ files }) => files)], ({ inode }) => inode);
  return ({ inode }) => (going.get(inode)?.length ?? 0) >= run.linksOf(inode);
}

/**
 * Out of sight, off the record, off the disk: see `removeModel` of `@llama-orch/model-provisioner` for the order. The record
 * is read once more when the bytes are out of sight: who made the model Active by then gets them back.
 */
async function collectOne(run: Run, { id, folder }: RetiredModel): Promise<void> {
  if (!(await isStillRetired(run, id))) return;
  await run.collect({ kind: "retired", path: folder.path, id }, () =>
    run.disposal.tree(folder.path, {
      name: privateName(folder),
      async isStillGarbage() {
        if (!(await isStillRetired(run, id))) return false;
        if (!run.isDryRun) await run.catalog.delete(id);
        return true;
      },
    }),
  );
}

async function isStillRetired(run: Run, id: string): Promise<boolean> {
  const answer = await askCatalog(run.catalog, id);
  return answer.status === "on-record" && isRetired(answer.entry);
}
