import type { ModelFetcher } from "@llama-orch/catalog-core";
import { memoryFetcher, memoryRef } from "../memory/memory-fetcher.ts";
import type { MemoryModel } from "../memory/memory-model.ts";
import type { FetcherSetup } from "../model-fetcher/fetcher-setup.ts";
import type { ModelFetcherSupports } from "../model-fetcher/fetcher-supports.ts";

/** What a memoryFetcher that declares digests and revisions, and hashes in flight, can do. */
export const memorySupports: ModelFetcherSupports = { network: false, normalize: false };

/** A credential that only a broken fetcher tells. */
export const secret = "s3cr3t-of-the-source";

/** Every case of the suite, with `memoryFetcher`; `wrap` puts another fetcher around it. */
export function memorySetup(
  wrap: (fetcher: ModelFetcher) => ModelFetcher = (fetcher) => fetcher,
  { tells }: { readonly tells: "all" | "nothing" } = { tells: "all" },
): FetcherSetup {
  const model: Partial<MemoryModel> = tells === "all" ? { revision: "r1", declareDigests: true } : {};
  const present = { "model.gguf": "GGUF".repeat(50_000) };
  const directory = { "config.json": "{}", "weights/a.bin": "aaaa", "weights/empty.bin": "" };
  const models: Record<string, MemoryModel> = {
    present: { ...model, files: present },
    directory: { ...model, files: directory, entryPoint: "weights/a.bin" },
    change: { ...model, files: { "model.gguf": "before" } },
    slow: { ...model, files: { "model.gguf": "never arrives" } },
  };
  let begin = (): void => {};
  const underway = new Promise<void>((resolve) => (begin = resolve));
  const fetcher = memoryFetcher({
    models,
    hashInFlight: tells === "all",
    async onFetch(ref) {
      if (ref.kind !== "other" || ref.locator !== "slow") return;
      begin();
      await new Promise<never>(() => {});
    },
  });
  return {
    fetcher: wrap(fetcher),
    cases: {
      present: { ref: memoryRef("present"), files: present },
      directory: { ref: memoryRef("directory"), files: directory },
      missing: { ref: memoryRef("missing"), code: "MEMORY_MODEL_NOT_FOUND" },
      unsupported: { ref: { kind: "file", path: "/srv/model.gguf" }, code: "MEMORY_REF_UNSUPPORTED" },
      slow: { ref: memoryRef("slow"), underway: () => underway },
      change: {
        ref: memoryRef("change"),
        files: { "model.gguf": "before" },
        change() {
          models["change"] = { ...model, files: { "model.gguf": "after!" } };
        },
      },
      secret: { ref: memoryRef("missing"), secret },
    },
  };
}
