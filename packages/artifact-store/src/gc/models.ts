import type { CatalogEntry, ModelError } from "@llama-orch/catalog-core";
import { modelFolderName } from "../cache-layout.ts";
import { type Found, foundAt, foundIn } from "../files-below.ts";
import { readIdFile } from "../publish/id-file.ts";
import { askCatalog } from "../survey/ask-catalog.ts";
import { referencesOf } from "../survey/references.ts";
import type { FoundModel } from "../survey/survey-cache.ts";
import { isIdFile, isModelFolder, isVersionFolder, privateName } from "../survey/names.ts";
import type { Run } from "./run.ts";

/** Versions of models that no record names, and folders of models in which no version is left. */
export async function collectModels(run: Run): Promise<void> {
  for (const model of run.survey.models) {
    if (run.isForeign(model, isModelFolder(model))) continue;
    for (const child of model.children) run.isForeign(child, isVersionFolder(child));
    if (mayHoldGarbage(run, model)) await run.underLock(model, () => collectModel(run, model));
  }
}

/** By what was found first: it spares nearly every model the lock. */
function mayHoldGarbage(run: Run, model: FoundModel): boolean {
  const isUnnamed = ({ path, changedMs }: Found): boolean => run.usersOf(path).length === 0 && run.isOld(changedMs);
  return model.children.length === 0 ? isUnnamed(model) : model.children.filter(isVersionFolder).some(isUnnamed);
}

async function collectModel(run: Run, model: Found): Promise<void> {
  const folder = await foundAt(model.path);
  if (folder === undefined) return;
  const children = await foundIn(folder.path);
  const owner = await ownerOf(run, folder, children);
  if (owner.status === "unreadable") return run.skip(folder.path, "unreadable", owner.error);

  const { id, entry } = owner;
  for (const version of children.filter(isVersionFolder)) {
    // It became garbage when it was superseded, not when it was written.
    const unnamedMs = Math.max(version.changedMs, entry?.provenance.finishedMs ?? 0);
    if (isNamed(run, version, entry) || !run.isOld(unnamedMs)) continue;
    await run.collect({ kind: "version", path: version.path, id }, () =>
      run.disposal.tree(version.path, {
        name: privateName(folder),
        isStillGarbage: () => isStillUnnamed(run, version, id),
      }),
    );
  }
  if (!isNamed(run, folder, entry) && run.isOld(folder.changedMs)) await collectEmptyFolder(run, folder, id);
}

type Owner =
  | { readonly status: "known"; readonly id: string | undefined; readonly entry: CatalogEntry | undefined }
  | { readonly status: "unreadable"; readonly error?: ModelError };

/** Whose folder it is, and what is on record of that model now. */
async function ownerOf(run: Run, folder: Found, children: readonly Found[]): Promise<Owner> {
  const hasIdFile = children.some(isIdFile);
  const written = hasIdFile ? await readIdFile(folder.path) : undefined;
  const id = written ?? run.usersOf(folder.path).find((user) => modelFolderName(user) === folder.name);
  if (id === undefined) {
    // What nobody named when the catalog was listed is nobody's; if the list may leave out records, who knows.
    const isNobodys = run.catalog.isUnreadable === undefined && run.usersOf(folder.path).length === 0;
    const isEmpty = !children.some(isVersionFolder);
    return isNobodys || isEmpty ? { status: "known", id, entry: undefined } : { status: "unreadable" };
  }
  const answer = await askCatalog(run.catalog, id);
  if (answer.status === "unreadable") return answer;
  return { status: "known", id, entry: answer.status === "on-record" ? answer.entry : undefined };
}

function isNamed(run: Run, found: Found, entry: CatalogEntry | undefined): boolean {
  if (run.usersOf(found.path).length > 0) return true;
  return entry !== undefined && referencesOf(run.catalog.cacheDir, [entry]).usersOf(found.path).length > 0;
}

/** The look after it is out of sight: see `collectGarbage`. */
async function isStillUnnamed(run: Run, version: Found, id: string | undefined): Promise<boolean> {
  if (id === undefined) return true;
  const answer = await askCatalog(run.catalog, id);
  return (
    answer.status !== "unreadable" && !isNamed(run, version, answer.status === "on-record" ? answer.entry : undefined)
  );
}

/** Someone who works without the lock may put a version in it until it is out of sight: then it is put back. */
async function collectEmptyFolder(run: Run, folder: Found, id: string | undefined): Promise<void> {
  const isEmpty = async (path: string): Promise<boolean> =>
    (await foundIn(path)).every((found) => isIdFile(found) || run.disposal.isGone(found.path));
  if (!(await isEmpty(folder.path))) return;
  await run.collect({ kind: "folder", path: folder.path, id }, () =>
    run.disposal.tree(folder.path, { name: privateName(folder), isStillGarbage: isEmpty }),
  );
}
