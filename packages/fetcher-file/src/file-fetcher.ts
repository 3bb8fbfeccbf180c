import { basename, dirname, isAbsolute, join } from "node:path";
import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  fileError,
  type FileRef,
  type Ingest,
  type ModelFetcher,
  type ModelRef,
  type PlannedFile,
  schemeOf,
} from "@llama-orch/catalog-core";
import { fileFetcherError } from "./errors.ts";
import { assertFileName } from "./file-name.ts";
import { listFolder } from "./list-folder.ts";
import { statFile } from "./stat-file.ts";
import { version } from "./version.ts";

/** `file:` references, used where they lie: nothing is copied, moved, linked or changed. */
export function fileFetcher(): FileFetcher {
  return new FileFetcher();
}

/**
 * Files and folders of this machine, in place. Opens no socket, starts no process, writes nothing.
 *
 * Symbolic links are followed, as an engine would follow them. FIFOs, sockets and devices are never opened: named, or
 * anywhere in a folder that is named, they are refused. The artifact of any other folder is what `find -L . -type f`
 * lists at that moment, up to 1,000,000 files and folders, 64 deep; what others add later is not part of it.
 */
export class FileFetcher implements ModelFetcher<"file"> {
  readonly name: string = "fetcher-file";
  readonly version: string = version;
  readonly schemes: readonly "file"[] = ["file"];
  readonly network: boolean = false;

  /**
   * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`, and
   *   those of {@link FileFetcherErrorCode}
   */
  async plan(ref: ModelRef, { signal }: FetchContext): Promise<FetchPlan> {
    signal.throwIfAborted();
    const path = localPathOf(ref);
    const stats = await statFile(path);
    const location = { ref, source: path, location: "external" } as const;
    if (stats.isFile()) {
      assertFileName(basename(path), dirname(path));
      return { ...location, kind: "file", files: [{ path: basename(path), sizeBytes: stats.size }] };
    }
    const files = await listFolder(path, { signal });
    if (files.length === 0) throw emptyFolder(path);
    return { ...location, kind: "directory", files };
  }

  /** Confirms that what was planned is still there, in the sizes that were planned. */
  async fetch(plan: FetchPlan, _ingest: Ingest, { signal }: FetchContext): Promise<FetchedArtifact> {
    const externalPath = localPathOf(plan.ref);
    const files = [];
    for (const file of plan.files) {
      signal.throwIfAborted();
      files.push(await confirm(plan.kind === "file" ? externalPath : join(externalPath, file.path), file));
    }
    return { files, externalPath, movedBytes: 0, reusedBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
  }
}

async function confirm(path: string, planned: PlannedFile): Promise<{ path: string; sizeBytes: number }> {
  const stats = await statFile(path);
  if (stats.isFile() && stats.size === planned.sizeBytes) return { path: planned.path, sizeBytes: stats.size };
  throw fileError("FILE_CHANGED", {
    message: `${path} changed between the plan and the look at it.`,
    hint: "Wait until whatever writes it has finished, then try again.",
    facts: { path, sizeBefore: planned.sizeBytes, sizeAfter: stats.size },
  });
}

function localPathOf(ref: ModelRef): string {
  if (ref.kind !== "file") throw unsupported(schemeOf(ref));
  if (!isAbsolute(ref.path) || isForeign(ref)) {
    throw fileError("FILE_NOT_FOUND", {
      message: `${ref.path} is a Windows path, and this machine runs ${process.platform}.`,
      hint: "Name the file by its path on this machine (for a mounted share: its mount point).",
      facts: { path: ref.path },
    });
  }
  return ref.path;
}

function isForeign(ref: FileRef): boolean {
  return process.platform !== "win32" && /^(?:[A-Za-z]:\\|\\\\)/.test(ref.path);
}

function unsupported(scheme: string): Error {
  return fileFetcherError("FILE_SCHEME_UNSUPPORTED", {
    message: `fetcher-file serves file: references, and was given one of ${scheme}:.`,
    hint: `Compose it with a fetcher that serves ${scheme}:.`,
    facts: { scheme },
  });
}

function emptyFolder(path: string): Error {
  return fileError("FILE_NOT_FOUND", {
    message: `There is no file in the folder ${path}.`,
    hint: "Name a folder that holds a model, or the model's file.",
    facts: { path },
  });
}
