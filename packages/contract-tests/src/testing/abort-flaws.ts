import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FetchContext, ModelFetcher } from "@llama-orch/catalog-core";
import { broken, type BrokenFetcher } from "./broken-fetcher.ts";

const plansNot = "plan with an aborted signal rejects with its reason, and does not start";
const fetchesNot = "fetch with an aborted signal rejects with its reason, and does not start";
const noListener = "plan and fetch leave no listener on the signal";
const promptly = "an abort in mid-fetch rejects promptly with the signal's reason";
const noListenerAfterAbort = "an abort in mid-fetch leaves no listener on the signal";
const nothingOutside = "an abort in mid-fetch leaves nothing outside the ingest";

/** What can be wrong with cancellation. */
export const abortFlaws: readonly BrokenFetcher[] = [
  broken("ignores the signal", [plansNot, fetchesNot, promptly], (sound) => ({
    plan: (ref, context) => sound.plan(ref, unaborted(context)),
    fetch: (plan, ingest, context) => sound.fetch(plan, ingest, unaborted(context)),
  })),
  broken("looks at the signal only before it begins", [promptly], (sound) => ({
    async fetch(plan, ingest, context) {
      context.signal.throwIfAborted();
      return sound.fetch(plan, ingest, unaborted(context));
    },
  })),
  broken("wraps the reason", [plansNot, fetchesNot, promptly], (sound) =>
    rethrowing(sound, (error) => new Error("aborted", { cause: error })),
  ),
  broken("rejects with an AbortError of its own", [plansNot, fetchesNot, promptly], (sound) =>
    rethrowing(sound, () => new DOMException("This operation was aborted", "AbortError")),
  ),
  broken("rejects with a copy of the reason", [plansNot, fetchesNot, promptly], (sound) =>
    rethrowing(sound, (error) => structuredClone(error)),
  ),
  broken("takes an abort for the end", [promptly], (sound) => ({
    fetch: (plan, ingest, context) =>
      sound.fetch(plan, ingest, context).catch((error: unknown) => {
        if (error !== context.signal.reason) throw error;
        return { files: [], movedBytes: 0, reusedBytes: 0 };
      }),
  })),
  broken("begins before it looks at the signal", [fetchesNot], (sound) => ({
    async fetch(plan, ingest, context) {
      for (const { path } of plan.files) await ingest.target(path);
      return sound.fetch(plan, ingest, context);
    },
  })),
  broken("leaves a listener when it plans", [noListener], (sound) => ({
    plan(ref, context) {
      context.signal.addEventListener("abort", () => {});
      return sound.plan(ref, context);
    },
  })),
  broken("leaves a listener when it fails", [noListener], (sound) => ({
    async plan(ref, context) {
      const onAbort = (): void => {};
      context.signal.addEventListener("abort", onAbort);
      const plan = await sound.plan(ref, context);
      context.signal.removeEventListener("abort", onAbort);
      return plan;
    },
  })),
  broken("leaves a listener when it is aborted", [noListenerAfterAbort], (sound) => ({
    async fetch(plan, ingest, context) {
      const onAbort = (): void => {};
      context.signal.addEventListener("abort", onAbort);
      const artifact = await sound.fetch(plan, ingest, context);
      context.signal.removeEventListener("abort", onAbort);
      return artifact;
    },
  })),
  broken("keeps a note of what was aborted", [nothingOutside], (sound, directory) => ({
    fetch: (plan, ingest, context) =>
      sound.fetch(plan, ingest, context).catch(async (error: unknown) => {
        await writeFile(join(directory, "aborted"), "");
        throw error;
      }),
  })),
];

function unaborted(context: FetchContext): FetchContext {
  return { ...context, signal: new AbortController().signal };
}

/** Replaces what an aborted call rejects with. */
function rethrowing(sound: ModelFetcher, replace: (error: unknown) => unknown): Partial<ModelFetcher> {
  const replaced =
    (signal: AbortSignal) =>
    (error: unknown): never => {
      throw signal.aborted ? replace(error) : error;
    };
  return {
    plan: (ref, context) => sound.plan(ref, context).catch(replaced(context.signal)),
    fetch: (plan, ingest, context) => sound.fetch(plan, ingest, context).catch(replaced(context.signal)),
  };
}
