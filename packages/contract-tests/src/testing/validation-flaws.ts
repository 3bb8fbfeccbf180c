import { broken, type BrokenStore } from "./broken-store.ts";

const refusals = [
  "an empty id",
  "a managed path with ..",
  "an absolute managed path",
  "a managed path on a drive",
  "an empty managed path",
  "a relative external path",
  "a digest of the wrong length",
  "a digest of another algorithm than sha256",
  "a digest that is not hex",
  "a file's bad digest",
  "a negative size",
  "a size that is no integer",
  "a size that is not the sum over its files",
  "no files",
  "two files for the kind file",
  "a file path with ..",
  "an absolute file path",
  "one file path twice",
  "an entryPoint that is not among its files",
  "userinfo in provenance.source",
].map((what) => `put refuses ${what}`);

/** What can be wrong with what a store refuses. */
export const validationFlaws: readonly BrokenStore[] = [
  broken("accepts whatever it is given", refusals, () => ({ problems: () => [] })),

  broken("ignores whatever it does not accept", refusals, (sound) => ({
    async put(entry) {
      if (sound.problems(entry).length === 0) await sound.put(entry);
    },
  })),

  broken("refuses with a plain Error", refusals, (sound) => ({
    problems: (entry) => {
      if (sound.problems(entry).length > 0) throw Object.assign(new Error("invalid"), { code: "ENTRY_INVALID" });
      return [];
    },
  })),
];
