import { type Found, foundAt, foundBelow } from "../files-below.ts";
import { isLockedIngest, isPrivateIngest, isRemoved } from "../survey/names.ts";
import type { Run } from "./run.ts";

/** What lies below `ingest/`, and nobody goes on with. */
export async function collectIngests(run: Run): Promise<void> {
  for (const ingest of run.survey.ingest) {
    const { path } = ingest;
    if (isRemoved(ingest)) {
      // Whoever hid it died, or is deleting it at this moment, and does not mind.
      await run.collect({ kind: "removed", path }, () => run.disposal.tree(path));
    } else if (isPrivateIngest(ingest) && run.isOld(ingest.newestMs)) {
      await collectUntouched(run, ingest);
    } else if (isLockedIngest(ingest) && run.isOld(ingest.newestMs)) {
      await run.underLock(ingest, () => collectUntouched(run, ingest));
    } else {
      run.isForeign(ingest, isPrivateIngest(ingest) || isLockedIngest(ingest));
    }
  }
}

/** Somebody may have gone on with it since it was surveyed; with a lock, and have left it again before the lock was ours. */
async function collectUntouched(run: Run, { path }: Found): Promise<void> {
  const found = [await foundAt(path), ...(await foundBelow(path))];
  if (!found.every((each) => each === undefined || run.isOld(each.changedMs))) return;
  await run.collect({ kind: "ingest", path }, () => run.disposal.tree(path));
}
