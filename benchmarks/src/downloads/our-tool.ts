import { join } from "node:path";
import type { Download, DownloadTool } from "./download-tool.ts";

export interface OurToolOptions {
  readonly durability: "full" | "relaxed";
  readonly connections?: number;
  /** Prints a line `received BYTES` as they arrive. */
  readonly watched?: boolean;
}

/** One for each of the options; none, and a word about it, where the package with the HTTP fetcher is not there. */
export function ourTools(...all: readonly OurToolOptions[]): readonly DownloadTool[] {
  try {
    import.meta.resolve("@llama-orch/fetcher-http");
  } catch {
    console.error(
      "ours is left out: @llama-orch/fetcher-http is not among the dependencies of benchmarks/package.json",
    );
    return [];
  }
  return all.map((options) => ({
    name: options.durability === "full" ? "ours, full durability" : "ours",
    version: "here",
    isVerifying: true,
    kind: "ours",
    everyNthRound: 1,
    command: (download) => ourCommand(download, options),
  }));
}

function ourCommand({ url, sha256, folder, ca }: Download, options: OurToolOptions): readonly string[] {
  const { durability, connections, watched = false } = options;
  const what = ["--url", url, "--sha256", sha256, "--cache-dir", join(folder, "cache"), "--durability", durability];
  return [
    ...childCommand("ensure-download.mjs", ...what),
    ...(connections === undefined ? [] : ["--connections", String(connections)]),
    ...(url.startsWith("https:") && ca !== undefined ? ["--ca", ca] : []),
    ...(watched ? ["--watched"] : []),
  ];
}

/** A program of `children`, in a Node that finds the packages as this one does. */
export function childCommand(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, ...process.execArgv, join(import.meta.dirname, "../children", name), ...args];
}
