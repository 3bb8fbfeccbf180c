import type { FetchContext } from "@llama-orch/catalog-core";
import { broken, type BrokenFetcher } from "./broken-fetcher.ts";

const inOrder = "progress is of planned files, counts attempts from 1, and never goes back within one";
const oneTotal = "progress gives one total a file, or null";
const toTheEnd = "progress of every file that is not empty ends at its size";

/** What can be wrong with what a fetch says while it works. */
export const progressFlaws: readonly BrokenFetcher[] = [
  progressing("goes back", [inOrder], (context) => {
    context.onProgress({ path: "model.gguf", receivedBytes: 2, totalBytes: 200_000, attempt: 1 });
    context.onProgress({ path: "model.gguf", receivedBytes: 1, totalBytes: 200_000, attempt: 1 });
  }),
  progressing("counts attempts from 0", [inOrder], (context) => {
    context.onProgress({ path: "model.gguf", receivedBytes: 0, totalBytes: 200_000, attempt: 0 });
  }),
  progressing("counts attempts backwards", [inOrder], (context) => {
    context.onProgress({ path: "model.gguf", receivedBytes: 0, totalBytes: 200_000, attempt: 2 });
  }),
  progressing("reports a file that was not planned", [inOrder], (context) => {
    context.onProgress({ path: "manifest.json", receivedBytes: 0, totalBytes: null, attempt: 1 });
  }),
  progressing("changes its mind about the total", [oneTotal], (context) => {
    context.onProgress({ path: "model.gguf", receivedBytes: 0, totalBytes: null, attempt: 1 });
  }),
  progressing("gives a wrong total", [oneTotal], (context) => {
    context.onProgress({ path: "model.gguf", receivedBytes: 0, totalBytes: 1, attempt: 1 });
  }),
  broken("stops reporting before the end", [toTheEnd], (sound) => ({
    fetch(plan, ingest, context) {
      const onProgress: FetchContext["onProgress"] = (event) => {
        if (event.receivedBytes !== event.totalBytes) context.onProgress(event);
      };
      return sound.fetch(plan, ingest, { ...context, onProgress });
    },
  })),
];

/** Says something of its own before a sound fetch. */
function progressing(flaw: string, caughtBy: readonly string[], say: (context: FetchContext) => void): BrokenFetcher {
  return broken(flaw, caughtBy, (sound) => ({
    fetch(plan, ingest, context) {
      say(context);
      return sound.fetch(plan, ingest, context);
    },
  }));
}
