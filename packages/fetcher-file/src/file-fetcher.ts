import type {
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  Ingest,
  ModelFetcher,
  ModelRef,
} from "@llama-orch/catalog-core";
import { type FileFetcherOptions, parseFileFetcherOptions } from "./file-fetcher-options.ts";
import { confirmInPlace, planInPlace } from "./in-place.ts";
import { version } from "./version.ts";

/**
 * `file:` references, used where they lie or, with `stage: "copy"`, brought into managed storage. The files that they
 * name are never moved, linked or changed.
 * @throws ModelError `FILE_OPTION_INVALID`
 */
export function fileFetcher(options: FileFetcherOptions = {}): FileFetcher {
  return new FileFetcher(options);
}

/**
 * Files and folders of this machine. Opens no socket and starts no process; in place, it writes nothing.
 *
 * Symbolic links are followed, as an engine would follow them. FIFOs, sockets and devices are never waited for: named, or
 * anywhere in a folder that is named, they are refused. The artifact of any other folder is what `find -L . -type f`
 * lists at that moment, up to 1,000,000 files and folders, 64 deep; what others add later is not part of it.
 */
export class FileFetcher implements ModelFetcher<"file"> {
  readonly name: string = "fetcher-file";
  readonly version: string = version;
  readonly schemes: readonly "file"[] = ["file"];
  readonly network: boolean = false;
  /** With `stage: "copy"`. Optional, as in the contract: any fetcher of files may stand where this one does. */
  readonly managed?: boolean;

  /** @throws ModelError `FILE_OPTION_INVALID` */
  constructor(options: FileFetcherOptions = {}) {
    this.managed = parseFileFetcherOptions(options).stage === "copy";
  }

  /**
   * @throws ModelError `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_SYMLINK_LOOP`, `FILE_IO`, and
   *   those of {@link FileFetcherErrorCode}
   */
  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    context.signal.throwIfAborted();
    if (this.managed !== true) return planInPlace(ref, context);
    // Loaded only by those who copy: it brings threads to hash in.
    const { planCopy } = await import("./copy/copy-model.ts");
    return planCopy(ref, context);
  }

  /**
   * In place: confirms that what was planned is still there. Copying: brings it, and fails if it is not all of that very
   * version.
   * @throws ModelError those of `plan`, `FILE_CHANGED`; copying also `FILE_NO_SPACE`, `FILE_NOT_WRITABLE`
   */
  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    context.signal.throwIfAborted();
    return this.managed === true
      ? (await import("./copy/copy-model.ts")).copyModel(plan, ingest, context)
      : confirmInPlace(plan, context);
  }
}
