import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorFactory, type FetchPlan, type ModelFetcher, type ModelRef } from "@llama-orch/catalog-core";
import { memoryRef } from "../memory/memory-fetcher.ts";
import type { FetcherSetup, ModelCase } from "../model-fetcher/fetcher-setup.ts";
import type { ModelFetcherSupports } from "../model-fetcher/fetcher-supports.ts";

/** What a fetcher that uses models where they lie can do, at the least. */
export const inPlaceSupports: ModelFetcherSupports = {
  network: false,
  external: true,
  normalize: false,
  declaredDigests: false,
  inFlightDigests: false,
  revisions: false,
  progress: false,
  midFetchAbort: false,
  changes: false,
  unsupported: false,
  secrets: false,
};

/** A fetcher of models in a folder, and models there; `wrap` puts another fetcher around it. */
export async function inPlaceSetup(
  directory: string,
  wrap: (fetcher: ModelFetcher) => ModelFetcher = (fetcher) => fetcher,
): Promise<FetcherSetup> {
  const present = { ref: memoryRef("model.gguf"), files: { "model.gguf": "GGUF" } };
  const folder = { ref: memoryRef("folder"), files: { "config.json": "{}", "weights/a.bin": "aaaa" } };
  await lay(directory, present);
  await lay(join(directory, "folder"), folder);
  return {
    fetcher: wrap(inPlaceFetcher(directory, [present, folder])),
    cases: { present, directory: folder, missing: { ref: memoryRef("missing") } },
  };
}

async function lay(directory: string, { files }: ModelCase): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

function inPlaceFetcher(directory: string, models: readonly ModelCase[]): ModelFetcher {
  return {
    name: "in-place-fetcher",
    version: "0.0.0",
    schemes: ["mem"],
    network: false,
    async plan(ref, { signal }): Promise<FetchPlan> {
      signal.throwIfAborted();
      const source = join(directory, locatorOf(ref));
      const paths = Object.keys(models.find((model) => model.ref === ref)?.files ?? {});
      await access(source).catch(() => {
        throw missing("IN_PLACE_MISSING", { message: `${source} is not there.`, hint: "Look for it elsewhere." });
      });
      const kind = paths.length === 1 ? "file" : "directory";
      return { ref, source, location: "external", kind, files: paths.map((path) => ({ path })) };
    },
    async fetch(plan, _ingest, { signal }) {
      signal.throwIfAborted();
      const content = models.find(({ ref }) => ref === plan.ref)?.files ?? {};
      const files = plan.files.map(({ path }) => ({ path, sizeBytes: Buffer.byteLength(content[path] ?? "") }));
      return { files, externalPath: plan.source, movedBytes: 0, reusedBytes: 0 };
    },
  };
}

const missing = errorFactory<"IN_PLACE_MISSING">({ IN_PLACE_MISSING: "not-found" });

function locatorOf(ref: ModelRef): string {
  return ref.kind === "other" ? ref.locator : "";
}
