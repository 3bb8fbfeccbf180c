import type { HfRef } from "@llama-orch/catalog-core";
import { type CliVersion, isAtLeast } from "./cli-version.ts";

/**
 * How a release is asked for a download into a folder. Parts of a reference never begin with a dash, so none of them is
 * taken for an option. A token is never among them: `ps` shows arguments.
 *
 * | from | |
 * |---|---|
 * | 0.25 | `--quiet` prints nothing but the path; patterns follow one `--include` |
 * | 1.0  | a pattern each `--include`: a second one after the first would be a file name |
 * | 1.11 | `--format json`: without it, the caller's environment decides what is printed |
 */
export function downloadArguments(
  { org, repo, revision, selection }: HfRef,
  folder: string,
  version: CliVersion,
): string[] {
  const file = selection.type === "path" ? [selection.path] : [];
  const patterns =
    selection.type === "repository"
      ? [...options("--include", selection.include, version), ...options("--exclude", selection.exclude, version)]
      : [];
  return [
    "download",
    `${org}/${repo}`,
    ...file,
    ...(revision === undefined ? [] : ["--revision", revision]),
    "--local-dir",
    folder,
    ...(isAtLeast(version, 1, 11) ? ["--format", "json"] : ["--quiet"]),
    ...patterns,
  ];
}

function options(name: string, patterns: readonly string[], version: CliVersion): string[] {
  if (patterns.length === 0) return [];
  return isAtLeast(version, 1, 0) ? patterns.flatMap((pattern) => [name, pattern]) : [name, ...patterns];
}
