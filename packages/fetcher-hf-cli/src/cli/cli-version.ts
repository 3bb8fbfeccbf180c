import { stripVTControlCharacters } from "node:util";

/** A release of `huggingface_hub`, or of `hf`, which counts on. */
export type CliVersion = readonly [major: number, minor: number, patch: number];

/** The first `x.y.z` of a line that says nothing else but the name of the CLI: other programs are called `hf`, too. */
export function parseCliVersion(output: string): CliVersion | undefined {
  for (const line of stripVTControlCharacters(output).split(/\r?\n/)) {
    const found =
      /^\s*(?:(?:-\s*)?(?:hf|huggingface[_-](?:hub|cli))(?: version)?\s*[:=]?\s*)?v?(\d+)\.(\d+)\.(\d+)(?:[.\w+-]*)\s*$/i.exec(
        line,
      );
    if (found !== null) return [Number(found[1]), Number(found[2]), Number(found[3])];
  }
  return undefined;
}

/** Whether `version` is `major.minor.0` or newer. */
export function isAtLeast(version: CliVersion, major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

export function formatVersion(version: CliVersion): string {
  return version.join(".");
}
