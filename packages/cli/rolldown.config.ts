import { defineConfig } from "rolldown";

/**
 * One folder of ESM: `main.js` with what every run needs, and a chunk for each thing that only some runs need.
 * The whole workspace and zod are bundled in, so that installing the command installs nothing else.
 */
export default defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    // White space costs start-up time; names are kept, so that an error still says where it comes from.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  },
});
