import type { ModelFetcher } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { fileFetcher } from "../file-fetcher.ts";
import { placeFiles } from "../testing/place-files.ts";

const single = { "model.gguf": "abc".repeat(1_000_000) };
const several = { "config.json": "{}", "weights/part-1": "one", "weights/part-2": "two".repeat(500_000) };

modelFetcherContract({
  test,
  async factory(directory) {
    await placeFiles(directory, single);
    await placeFiles(`${directory}/several`, several);
    const model = { ref: { kind: "file", path: `${directory}/model.gguf` }, files: single } as const;
    const { fetcher, underway } = watched(fileFetcher({ stage: "copy" }));
    return {
      fetcher,
      cases: {
        present: model,
        directory: { ref: { kind: "file", path: `${directory}/several` }, files: several },
        missing: { ref: { kind: "file", path: `${directory}/absent` }, code: "FILE_NOT_FOUND" },
        unsupported: { ref: { kind: "other", scheme: "mem", locator: "x" }, code: "FILE_SCHEME_UNSUPPORTED" },
        change: { ...model, change: () => placeFiles(directory, { "model.gguf": "longer" }) },
        slow: { ref: model.ref, underway: () => underway },
      },
    };
  },
  supports: {
    network: false,
    normalize: false,
    declaredDigests: false,
    revisions: false,
    secrets: false,
  },
});

/** Says when the first part is there. The abort that follows comes before the second one is: nothing else is waited for. */
function watched(fetcher: ModelFetcher<"file">): { fetcher: ModelFetcher<"file">; underway: Promise<void> } {
  const { promise: underway, resolve } = Promise.withResolvers<void>();
  return {
    underway,
    fetcher: {
      name: fetcher.name,
      version: fetcher.version,
      schemes: fetcher.schemes,
      network: fetcher.network,
      plan: (ref, context) => fetcher.plan(ref, context),
      fetch(plan, ingest, context) {
        const onProgress: typeof context.onProgress = (progress) => {
          resolve();
          context.onProgress(progress);
        };
        return fetcher.fetch(plan, ingest, { ...context, onProgress });
      },
    },
  };
}
