import { versionOf } from "./command-version.ts";
import type { DownloadTool } from "./download-tool.ts";

export interface NativeTool extends Pick<DownloadTool, "name" | "command"> {
  readonly program: string;
  /** What it is asked for its version by. @default "--version" */
  readonly versionFlag?: string;
  /** @default false */
  readonly isVerifying?: boolean;
}

/**
 * Those that are installed, and a word about each that is not.
 *
 * @param remedy how they are installed.
 */
export function installed(tools: readonly NativeTool[], remedy: string): readonly DownloadTool[] {
  return tools.flatMap(({ name, program, versionFlag, isVerifying = false, command }) => {
    const version = versionOf(program, versionFlag);
    if (version !== undefined) return [{ name, version, isVerifying, kind: "native", everyNthRound: 1, command }];
    console.error(`${name} is left out: ${program} is not installed (${remedy})`);
    return [];
  });
}
