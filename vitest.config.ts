import { existsSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { SummaryReporter } from "./tools/test-summary/summary-reporter.ts";

/** One run for the whole workspace; `--project catalog-core` runs one folder. No folder needs a configuration of its own. */
export default defineConfig({
  test: {
    projects: [...foldersIn("packages"), ...foldersIn("examples"), ...foldersIn("tools"), "benchmarks"].map(project),
    reporters: ["default", new SummaryReporter()],
    passWithNoTests: false,
    // Processes, not threads: tests change the working directory and the environment, and start children.
    pool: "forks",
    maxWorkers: 2,
  },
});

function project(root: string): TestProjectInlineConfiguration {
  return {
    test: {
      name: basename(root),
      root,
      include: ["**/*.test.ts"],
      exclude: ["**/node_modules/**", "**/dist/**", "**/fixtures/**", "**/.run/**", ...withScriptsAsPrograms(root)],
      testTimeout: 30_000,
      hookTimeout: 30_000,
      unstubEnvs: true,
      unstubGlobals: true,
    },
  };
}

/** Tests whose programs are scripts with a `#!` line, which Windows does not run. */
function withScriptsAsPrograms(root: string): readonly string[] {
  if (process.platform !== "win32" || basename(root) !== "fetcher-hf-cli") return [];
  return ["src/*.test.ts", "src/cli/choose-cli.test.ts", "src/cli/child-environment.test.ts"];
}

function foldersIn(parent: string): string[] {
  const url = new URL(parent, import.meta.url);
  if (!existsSync(url)) return [];
  return readdirSync(url, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}
