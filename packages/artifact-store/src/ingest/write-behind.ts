import { constants } from "node:fs";
import { open, rm } from "node:fs/promises";
import { artifactFile, isSafeRelativePath } from "../artifact-files.ts";
import { writeFailure } from "./write-failure.ts";

/**
 * Brings to the disk what arrives, while it arrives: a sync at the end then has little left to wait for. To be disposed of
 * while the arrival is still the caller's own: it waits for what is under way, and begins nothing any more.
 */
export interface WriteBehind extends AsyncDisposable {
  /** Says that the file at this path has so many bytes; which ones, and who wrote them, does not matter. */
  advance(path: string, writtenBytes: number): void;
  /**
   * Waits for what is under way. To be called before the last sync: the system may have told here what that one is not told
   * again.
   * @throws ModelError `FILE_NO_SPACE`, `FILE_IO` and the other `FILE_…` codes of writing
   */
  finish(): Promise<void>;
}

/** Bytes of a file that are worth a sync of their own. */
export const stepBytes: number = 32 * 1024 * 1024;

/**
 * @param directory that the paths are below.
 * @throws nothing; what fails is told by `finish`.
 */
export function writeBehind(directory: string): WriteBehind {
  const pushed = new Map<string, number>();
  let running: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isOver = false;

  return {
    advance(path, writtenBytes) {
      if (isOver) return;
      // One at a time, as a disk writes; what comes meanwhile is seen by the next announcement.
      if (running !== undefined || writtenBytes - (pushed.get(path) ?? 0) < stepBytes) return;
      if (!isSafeRelativePath(path)) return;
      pushed.set(path, writtenBytes);
      running = push(artifactFile({ kind: "directory", root: directory }, path))
        .catch((error: unknown) => void (failure ??= { error }))
        .finally(() => (running = undefined));
    },
    async finish() {
      await running;
      if (failure !== undefined) throw failure.error;
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await running;
    },
  };
}

/** What cannot be opened is being written elsewhere first, or is met by those who look at what has arrived. */
async function push(path: string): Promise<void> {
  const file = await open(path, openFlags).catch(() => undefined);
  if (file === undefined) return;
  try {
    if ((await file.stat()).isFile()) await file.datasync();
  } catch (error) {
    // The system tells this once, and not to the sync of whoever would go on with these bytes.
    await rm(path, { force: true }).catch(() => {});
    writeFailure(path)(error);
  } finally {
    await file.close();
  }
}

/** Windows syncs only what is open for writing. Elsewhere, what is no regular file must not be waited for. */
const openFlags = process.platform === "win32" ? "r+" : constants.O_RDONLY | constants.O_NONBLOCK;
