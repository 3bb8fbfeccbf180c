import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ErrorCategory, isModelError, ModelError } from "@llama-orch/catalog-core";
import { broken, type BrokenFetcher } from "./broken-fetcher.ts";
import { secret } from "./memory-setup.ts";

const missing = "a missing model fails with a ModelError of category not-found, and a hint";
const unsupported = "what it cannot serve fails with a ModelError of category cannot-serve, and a hint";
const secretive = "a secret appears in no plan, result, progress, log or error";

/** What can be wrong with how a fetcher fails. */
export const errorFlaws: readonly BrokenFetcher[] = [
  failing("fails with a plain Error", [missing, unsupported], (error) =>
    Object.assign(new Error(error.message), { code: error.code, category: error.category, hint: error.hint }),
  ),
  failing("fails without a hint", [missing, unsupported], (error) => again(error, { hint: "" })),
  failing("fails without a message", [missing, unsupported], (error) => again(error, { message: " " })),
  failing("calls every failure a network error", [missing, unsupported], (error) =>
    again(error, { category: "network" }),
  ),
  failing("fails with another code than it says", [missing, unsupported], (error) => again(error, { code: "FAILED" })),
  broken("plans for what is not there, and brings nothing", [missing], (sound) => ({
    plan: (ref, context) =>
      sound.plan(ref, context).catch(() => ({ ref, source: "mem:", location: "managed", kind: "file", files: [] })),
    fetch: (plan, ingest, context) =>
      plan.files.length === 0
        ? Promise.resolve({ files: [], movedBytes: 0, reusedBytes: 0 })
        : sound.fetch(plan, ingest, context),
  })),
  broken(
    "throws before it returns a promise",
    ["a failure is a rejected promise, never a synchronous throw"],
    (sound) => ({
      plan(ref, context) {
        if (ref.kind !== "other" || ref.locator !== "missing") return sound.plan(ref, context);
        throw new ModelError("MEMORY_MODEL_NOT_FOUND", "not-found", {
          message: "There is none.",
          hint: "Look elsewhere.",
        });
      },
    }),
  ),
  broken("writes its errors to a file", ["a failed call leaves nothing outside the ingest"], (sound, directory) => ({
    async plan(ref, context) {
      try {
        return await sound.plan(ref, context);
      } catch (error) {
        await writeFile(join(directory, "error.log"), String(error));
        throw error;
      }
    },
  })),

  broken("logs its credential", [secretive], (sound) => ({
    plan(ref, context) {
      context.logger.debug("asking the source", { headers: { authorization: `Basic ${secret}` } });
      return sound.plan(ref, context);
    },
  })),
  failing("tells its credential in the cause of an error", [secretive], (error) =>
    Object.assign(error, {
      cause: Object.assign(new Error("status 401"), { url: `https://models.example/?t=${secret}` }),
    }),
  ),
  broken("tells its credential in a plan", [secretive], () => ({
    plan: async (ref) => ({
      ref,
      source: "mem:present",
      location: "managed",
      kind: "file",
      files: [],
      validators: { cookie: secret },
    }),
    fetch: async () => ({ files: [], movedBytes: 0, reusedBytes: 0 }),
  })),
];

/** Fails with something else than a sound fetcher does. */
function failing(flaw: string, caughtBy: readonly string[], change: (error: ModelError) => Error): BrokenFetcher {
  return broken(flaw, caughtBy, (sound) => ({
    plan: (ref, context) =>
      sound.plan(ref, context).catch((error: unknown) => {
        throw isModelError(error) ? change(error) : error;
      }),
  }));
}

interface Change {
  readonly code?: string;
  readonly category?: ErrorCategory;
  readonly message?: string;
  readonly hint?: string;
}

function again(error: ModelError, { code = error.code, category = error.category, ...init }: Change): ModelError {
  return new ModelError(code, category, { message: error.message, hint: error.hint, ...init });
}
