import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run-command.ts";
import type { Download, DownloadTool } from "./download-tool.ts";

interface NpmTool {
  readonly name: string;
  readonly version: string;
  /** In the package's folder. */
  readonly module: string;
  readonly child: string;
  readonly everyNthRound: number;
}

const all: readonly NpmTool[] = [
  {
    name: "@huggingface/hub",
    version: "2.17.5",
    module: "dist/index.mjs",
    child: "download-with-hub.mjs",
    everyNthRound: 1,
  },
  { name: "ipull", version: "4.0.3", module: "dist/index.js", child: "download-with-ipull.mjs", everyNthRound: 4 },
];

/** Where git does not look; a folder for each version. */
const shelf = join(import.meta.dirname, "../../../.run/npm-tools");

/** The entry of `@huggingface/hub`. */
export function hubModule(): string {
  const [hub] = all;
  return hub === undefined ? "" : install(hub);
}

/** Installed when they are first measured, and not with the workspace, which has no other use for them. */
export function npmTools(): readonly DownloadTool[] {
  return all.flatMap((tool) => {
    try {
      return [prepare(tool)];
    } catch (error) {
      console.error(`${tool.name} is left out: it cannot be installed. ${String(error)}`);
      return [];
    }
  });
}

function prepare(tool: NpmTool): DownloadTool {
  const { name, version, child, everyNthRound } = tool;
  const program = [process.execPath, join(import.meta.dirname, "../children", child), install(tool)];
  const command = ({ ca, url, folder }: Download): readonly string[] => {
    return ["env", `NODE_EXTRA_CA_CERTS=${ca ?? ""}`, ...program, url, join(folder, "model.gguf")];
  };
  return { name, version, isVerifying: false, kind: "npm", everyNthRound, command };
}

/** @returns the file to import. */
function install({ name, version, module }: NpmTool): string {
  const place = join(shelf, `${name.replace("/", "-")}-${version}`);
  const entry = join(place, "node_modules", name, module);
  if (!existsSync(entry)) {
    const quiet = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    run("npm", ["install", ...quiet, "--prefix", place, `${name}@${version}`]);
  }
  return entry;
}
