import { hash } from "node:crypto";
import { open } from "node:fs/promises";
import type {
  DigestText,
  FetchContext,
  FetchedFile,
  FetchPlan,
  IngestTarget,
  ModelFetcher,
  ModelRef,
  OtherRef,
} from "@llama-orch/catalog-core";
import { memoryError } from "./memory-errors.ts";
import { bytesOf, etagOf, type MemoryModel } from "./memory-model.ts";
import { orAbort } from "./or-abort.ts";

export interface MemoryFetcherOptions<S extends string = string> {
  /** @default "mem" */
  readonly scheme?: S;
  /** By locator. Read anew at each call: change it, and the source has changed. */
  readonly models: Readonly<Record<string, MemoryModel>>;
  /** What the fetcher says of itself; it never leaves the process. @default false */
  readonly network?: boolean;
  /** Awaited before a plan is made: hold it back, or throw what `plan` shall fail with. An abort ends the wait. */
  onPlan?(ref: ModelRef, context: FetchContext): Promise<void> | void;
  /** Awaited before the first byte is written: hold it back, or throw what `fetch` shall fail with. An abort ends the wait. */
  onFetch?(ref: ModelRef, context: FetchContext): Promise<void> | void;
  /** Whether `fetch` reports digests. @default false: whoever wants one hashes the files */
  readonly hashInFlight?: boolean;
}

export interface MemoryFetcher<S extends string = string> extends ModelFetcher<S> {
  /** How often each method was called. */
  readonly calls: { plan: number; fetch: number };
}

/**
 * A fetcher for tests that brings models out of memory, by `mem:locator`. It keeps the whole contract, so that what
 * passes with it fails elsewhere only by what is peculiar to the other fetcher.
 *
 * @throws ModelError from `plan` and `fetch`: `MEMORY_MODEL_NOT_FOUND`, `MEMORY_MODEL_CHANGED`, `MEMORY_REF_UNSUPPORTED`
 */
export function memoryFetcher<S extends string>(
  options: MemoryFetcherOptions<S> & { readonly scheme: S },
): MemoryFetcher<S>;
export function memoryFetcher(options: MemoryFetcherOptions<"mem">): MemoryFetcher<"mem">;
export function memoryFetcher(options: MemoryFetcherOptions): MemoryFetcher {
  const scheme = options.scheme ?? "mem";
  const calls = { plan: 0, fetch: 0 };
  return {
    name: `memory-fetcher-${scheme}`,
    version: "0.0.0",
    schemes: [scheme],
    network: options.network ?? false,
    calls,

    async plan(ref, context) {
      calls.plan += 1;
      await orAbort(() => options.onPlan?.(ref, context), context.signal);
      return planFor(ref, scheme, options.models);
    },

    async fetch(plan, ingest, context) {
      calls.fetch += 1;
      await orAbort(() => options.onFetch?.(plan.ref, context), context.signal);
      const model = plannedModel(plan, scheme, options.models);
      const files: FetchedFile[] = [];
      for (const { path } of plan.files) {
        if (ingest.present.has(path)) continue;
        const content = bytesOf(model, path);
        await write(content, await ingest.target(path), { path, context });
        const digests = options.hashInFlight === true ? digestsOf(content, context) : undefined;
        files.push({ path, sizeBytes: content.byteLength, ...(digests === undefined ? {} : { digests }) });
      }
      const movedBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      return { files, movedBytes, reusedBytes: 0 };
    },
  };
}

/** The reference of a model of {@link memoryFetcher}: `mem:locator`. */
export function memoryRef(locator: string, scheme = "mem"): OtherRef {
  return { kind: "other", scheme, locator };
}

function planFor(ref: ModelRef, scheme: string, models: MemoryFetcherOptions["models"]): FetchPlan {
  const locator = locatorOf(ref, scheme);
  const model = Object.hasOwn(models, locator) ? models[locator] : undefined;
  if (model === undefined) {
    throw memoryError("MEMORY_MODEL_NOT_FOUND", {
      message: `There is no model ${JSON.stringify(locator)} in memory.`,
      hint: `Add it to the \`models\` of memoryFetcher, which holds ${Object.keys(models).length} models.`,
      facts: { locator, known: Object.keys(models) },
    });
  }
  const paths = Object.keys(model.files);
  return {
    ref,
    source: `${scheme}:${locator}`,
    location: "managed",
    kind: model.kind ?? (paths.length === 1 ? "file" : "directory"),
    ...(model.revision === undefined ? {} : { revision: model.revision }),
    validators: { etag: etagOf(model) },
    files: paths.map((path) => {
      const content = bytesOf(model, path);
      const digest: DigestText = `sha256:${hash("sha256", content)}`;
      return { path, sizeBytes: content.byteLength, ...(model.declareDigests === true ? { digest } : {}) };
    }),
    ...(model.entryPoint === undefined ? {} : { entryPoint: model.entryPoint }),
  };
}

function locatorOf(ref: ModelRef, scheme: string): string {
  if (ref.kind === "other" && ref.scheme === scheme) return ref.locator;
  throw memoryError("MEMORY_REF_UNSUPPORTED", {
    message: `memoryFetcher serves ${scheme}:locator alone, and was given a reference of kind ${ref.kind}.`,
    hint: `Make the reference with memoryRef(locator, ${JSON.stringify(scheme)}).`,
    facts: { scheme },
  });
}

/** The model as it is now, if it is still the one that was planned. */
function plannedModel(plan: FetchPlan, scheme: string, models: MemoryFetcherOptions["models"]): MemoryModel {
  const now = planFor(plan.ref, scheme, models);
  const locator = locatorOf(plan.ref, scheme);
  const model = models[locator];
  if (model !== undefined && now.revision === plan.revision && etagOf(model) === plan.validators?.["etag"])
    return model;
  throw memoryError("MEMORY_MODEL_CHANGED", {
    message: `The model ${JSON.stringify(locator)} in memory has changed since it was planned.`,
    hint: "Plan again.",
    facts: { locator },
  });
}

const chunkBytes = 65_536;

async function write(
  content: Buffer,
  target: IngestTarget,
  { path, context }: { readonly path: string; readonly context: FetchContext },
): Promise<void> {
  const totalBytes = content.byteLength;
  const file = await open(target.path, "w");
  try {
    for (let receivedBytes = 0; receivedBytes < totalBytes;) {
      context.signal.throwIfAborted();
      const { bytesWritten } = await file.write(
        content,
        receivedBytes,
        Math.min(chunkBytes, totalBytes - receivedBytes),
      );
      receivedBytes += bytesWritten;
      context.onProgress({ path, receivedBytes, totalBytes, attempt: 1 });
    }
  } finally {
    await file.close();
  }
}

function digestsOf(content: Buffer, { expectedDigest }: FetchContext): readonly DigestText[] {
  const algorithms = new Set(["sha256", expectedDigest?.algorithm ?? "sha256"] as const);
  return [...algorithms].map((algorithm): DigestText => `${algorithm}:${hash(algorithm, content)}`);
}
