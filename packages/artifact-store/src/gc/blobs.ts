import { bootId } from "@llama-orch/catalog-core";
import { foundIn } from "../files-below.ts";
import type { Shelf } from "../survey/survey-cache.ts";
import { isBlob, isShelf } from "../survey/names.ts";
import type { Run } from "./run.ts";

/**
 * Content that no model has. What lost its last model in this very run went with that; what lost it earlier is kept for
 * the grace period, as somebody may be about to ask for it. Unlinking needs no lock: see `Disposal`.
 */
export async function collectBlobs(run: Run): Promise<void> {
  for (const shelf of run.survey.shelves) {
    if (run.isForeign(shelf, isShelf(shelf))) continue;
    for (const blob of shelf.contents) {
      const { path, inode, changedMs } = blob;
      if (run.isForeign(blob, isBlob(blob, shelf)) || !run.isOld(changedMs)) continue;
      await run.collect({ kind: "blob", path }, () => run.disposal.blob(inode));
    }
    await collectEmptyShelf(run, shelf);
  }
}

/** Only of another boot: nothing is ever added to it. And only an old one, as on a shared disk it may be another machine's. */
async function collectEmptyShelf(run: Run, { path, name, isSynced, changedMs }: Shelf): Promise<void> {
  if (isSynced || name === bootId() || !run.isOld(changedMs)) return;
  const left = (await foundIn(path)).filter((found) => !run.disposal.isGone(found.path));
  if (left.length === 0) await run.collect({ kind: "folder", path }, () => run.disposal.emptyFolder(path));
}
