import { defineConfig, type RolldownOptions } from "rolldown";

/**
 * One folder of ESM, with the whole workspace and zod bundled in: installing the command installs nothing else.
 * What every run needs and what `ensure` needs is one chunk, since each file costs a millisecond to load; the other
 * commands, and zod, are chunks of their own that are loaded when they are asked for.
 */
const config: RolldownOptions = defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  logLevel: "warn",
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [{ name: "ensure", test: /\/cli\/src\/(?:main|commands\/ensure)\.ts$/ }] },
    // White space costs start-up time; names are kept, so that an error still says where it comes from.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});

export default config;
