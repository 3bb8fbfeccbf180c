import { isNote } from "../survey/names.ts";
import type { Run } from "./run.ts";

/** What was found damaged and moved aside: for a person to look at, within the grace period. */
export async function collectDamaged(run: Run): Promise<void> {
  for (const found of run.survey.damaged) {
    const { path, name, type, changedMs } = found;
    const isOurs = type !== "other" && !name.startsWith(".");
    if (run.isForeign(found, isOurs) || !run.isOld(changedMs)) continue;
    await run.collect({ kind: "damaged", path }, () =>
      type === "folder" ? run.disposal.tree(path) : run.disposal.file(found),
    );
  }
}

/** Notes of holders that died. Never a lock file itself: a lock on a name that is gone excludes nobody. */
export async function collectNotes(run: Run): Promise<void> {
  for (const note of run.survey.locks) {
    if (!isNote(note) || !run.isOld(note.changedMs)) continue;
    await run.underFreeLock(note, async (isLocked) => {
      // The note on a lock that is free is nobody's, and goes with the release of the lock.
      if (isLocked) await run.collect({ kind: "note", path: note.path }, async () => 0);
    });
  }
}
