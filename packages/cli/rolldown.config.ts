import { defineConfig, type Plugin, type RolldownOptions } from "rolldown";

/**
 * An `import` of a module of Node makes Node read every getter that it has (web crypto, text decoders, diffs, …), since
 * ESM could ask for any of them: a fifth of the start-up time. `process.getBuiltinModule` gives the module as it is.
 */
const builtins: Plugin = {
  name: "builtins-as-they-are",
  resolveId: {
    // What the bundler itself needs of `node:module` cannot wait for what it makes of this.
    filter: { id: /^node:(?!module$)/ },
    handler: (id) => ({ id: `\0${id}`, moduleSideEffects: false }),
  },
  load: {
    filter: { id: /^\0node:/ },
    handler: (id) => `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});`,
  },
};

/**
 * What `ensure` needs of a model that is here; and the one line for each of Node's modules, whoever needs it, which would become
 * files of their own elsewhere, and drag what the bundler itself needs out of this one.
 */
const ensure = /[\\/]cli[\\/]src[\\/](?:main|commands[\\/]ensure)\.ts$|^\0node:/;

/**
 * One folder of ESM, with the whole workspace and zod bundled in: installing the command installs nothing else.
 * What every run needs and what `ensure` needs is one chunk, since each file costs a millisecond to load; the other
 * commands, and zod, are chunks of their own that are loaded when they are asked for.
 */
const config: RolldownOptions = defineConfig({
  input: { main: "src/main.ts" },
  platform: "node",
  // Of packages that come in both forms (those of AWS) the modules: what is not used of them is left out.
  resolve: { mainFields: ["module", "main"] },
  logLevel: "warn",
  // `using` is younger than the oldest Node under `engines` in package.json.
  transform: { target: "node22.13" },
  plugins: [builtins],
  output: {
    dir: "dist",
    format: "esm",
    cleanDir: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    codeSplitting: { groups: [{ name: "ensure", test: ensure }] },
    // White space costs start-up time; names are kept, so that an error still says where it comes from.
    minify: { compress: true, mangle: { toplevel: true, keepNames: true }, codegen: { removeWhitespace: true } },
  },
});

export default config;
