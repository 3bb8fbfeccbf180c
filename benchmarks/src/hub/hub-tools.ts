import { join } from "node:path";
import { executableOf, realCli } from "../../../tools/real-hf-cli/src/index.ts";
import type { ModelServer } from "../downloads/model-server.ts";
import { hubModule } from "../downloads/npm-tools.ts";
import { childCommand } from "../downloads/our-tool.ts";

/** One way to fetch from a Hub. */
export interface HubTool {
  readonly name: string;
  /** Where the last line that it prints is the ms that the work took, without the start of Node. */
  readonly isNode: boolean;
  readonly command: (endpoint: string, folder: string) => readonly string[];
}

/** Of `huggingface_hub`. */
export const release = "2.4.0";

const children = join(import.meta.dirname, "../children");

export function ours(reference: string): HubTool {
  return {
    name: "ours",
    isNode: true,
    command: (endpoint, folder) => childCommand("ensure-from-hub.mjs", reference, endpoint, folder),
  };
}

export const serial: HubTool = {
  name: "a serial client",
  isNode: true,
  command: (endpoint, folder) => [process.execPath, join(children, "fetch-serially.mjs"), endpoint, folder],
};

export const snapshot: HubTool = {
  name: "@huggingface/hub",
  isNode: true,
  command: (endpoint, folder) => [
    process.execPath,
    join(children, "snapshot-with-hub.mjs"),
    hubModule(),
    endpoint,
    folder,
  ],
};

export function hubFile(server: ModelServer): HubTool {
  const child = join(children, "download-with-hub.mjs");
  return {
    name: "@huggingface/hub",
    isNode: true,
    command: (_endpoint, folder) => [process.execPath, child, hubModule(), server.url, join(folder, "model.gguf")],
  };
}

/** Nothing where it is not installed; REQUIRE_REAL=1 installs it. */
export async function cliTool(): Promise<HubTool | undefined> {
  const cli = await realCli(release);
  if (cli.type === "absent") {
    console.error(`hf ${release} is left out: ${cli.reason}`);
    return undefined;
  }
  const executable = executableOf(release, cli);
  return {
    name: `hf ${release}`,
    isNode: false,
    command: (endpoint, folder) => [
      "env",
      `HF_ENDPOINT=${endpoint}`,
      `HOME=${folder}`,
      `HF_HOME=${join(folder, "hf")}`,
      executable,
      "download",
      "--quiet",
    ],
  };
}

export function withArguments(tool: HubTool, ...what: readonly string[]): HubTool {
  return { ...tool, command: (endpoint, folder) => [...tool.command(endpoint, folder), ...what] };
}
