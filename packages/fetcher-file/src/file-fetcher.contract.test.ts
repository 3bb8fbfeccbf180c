import { join } from "node:path";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { fileFetcher } from "./file-fetcher.ts";
import { placeFiles } from "./testing/place-files.ts";

const single = { "model.gguf": "abc" };
const several = { "config.json": "{}", "weights/part-1": "one", "weights/part-2": "two" };

modelFetcherContract({
  test,
  async factory(directory) {
    await placeFiles(directory, single);
    await placeFiles(join(directory, "several"), several);
    const model = { ref: { kind: "file", path: join(directory, "model.gguf") }, files: single } as const;
    return {
      fetcher: fileFetcher(),
      cases: {
        present: model,
        directory: { ref: { kind: "file", path: join(directory, "several") }, files: several },
        missing: { ref: { kind: "file", path: join(directory, "absent") }, code: "FILE_NOT_FOUND" },
        unsupported: { ref: { kind: "other", scheme: "mem", locator: "x" }, code: "FILE_SCHEME_UNSUPPORTED" },
        change: { ...model, change: () => placeFiles(directory, { "model.gguf": "longer" }) },
      },
    };
  },
  supports: {
    external: true,
    network: false,
    normalize: false,
    declaredDigests: false,
    inFlightDigests: false,
    revisions: false,
    progress: false,
    midFetchAbort: false,
    secrets: false,
  },
});
