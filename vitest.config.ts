import { defineConfig } from "vitest/config";

/** One run for the whole workspace; `--project catalog-core` for one package. */
export default defineConfig({
  test: {
    projects: ["packages/*", "examples/*", "tools/*"],
    passWithNoTests: false,
  },
});
