import type { EnsureReport } from "./provision-event.ts";

/**
 * A model that is on this disk. All that an engine launcher or a pool manager needs to depend on.
 * It says nothing of how the model came: no caller may assume that a download can happen.
 */
export interface ResolvedModel {
  /** The canonical reference. */
  readonly id: string;
  /** Absolute path that an engine opens: the file, the folder, or the folder's entry point. */
  readonly localPath: string;
  /** The figures of this call, to log. */
  readonly report: EnsureReport;
}
