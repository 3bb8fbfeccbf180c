import { type MemoryFetcher, memoryFetcher } from "@llama-orch/contract-tests";

/** The models that the crash tests ensure. */
export function crashFetcher(): MemoryFetcher<"mem"> {
  return memoryFetcher({
    models: {
      file: { files: { "tiny.gguf": "abc" } },
      folder: { files: { "config.json": "{}", "sub/one": "1", "sub/two": "2" }, declareDigests: true },
    },
  });
}
