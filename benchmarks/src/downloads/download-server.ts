import type { Download } from "./download-tool.ts";

/** What all tools of a comparison get the same file from. */
export interface DownloadServer {
  /** What a tool is told beside the URL. */
  readonly given: Omit<Download, "url" | "folder">;
  readonly sizeMb: number;
  readonly sizeBytes: number;
  /** What it has done since it was last asked. */
  takeWork(): Promise<ServerWork>;
}

/** NaN: that is not known of this server. */
export interface ServerWork {
  readonly requests: number;
  readonly sentBytes: number;
  /** User and system. */
  readonly serverCpuSeconds: number;
}
