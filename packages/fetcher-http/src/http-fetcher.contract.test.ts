import { parseModelRef } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { startFaultServer } from "../../../tools/fault-server/src/index.ts";
import { httpFetcher } from "./http-fetcher.ts";

const secret = "s3cret-0123456789abcdef";

modelFetcherContract({
  test,
  async factory() {
    const server = await startFaultServer();
    const at = (path: string): ReturnType<typeof parseModelRef> => parseModelRef(server.origin + path);
    server.put("/model.gguf", { content: Buffer.from("abc") });
    server.put("/slow.gguf", { content: { sizeBytes: 1_000_000, seed: 1 } });
    const stalled = server.inject({
      kind: "stall",
      afterBytes: 500_000,
      when: ({ path, method }) => path === "/slow.gguf" && method === "GET",
    });
    const present = { ref: at("/model.gguf"), files: { "model.gguf": "abc" } };
    return {
      fetcher: httpFetcher({ maxRetries: 0, headers: { "127.0.0.1": { Authorization: `Bearer ${secret}` } } }),
      cases: {
        present,
        missing: { ref: at("/absent.gguf"), code: "TRANSFER_NOT_FOUND" },
        unsupported: { ref: parseModelRef("ftp://127.0.0.1/model.gguf"), code: "HTTP_SCHEME_UNSUPPORTED" },
        slow: { ref: at("/slow.gguf"), underway: () => stalled.acted },
        change: { ...present, change: () => server.put("/model.gguf", { content: Buffer.from("other") }) },
        secret: { ref: at(`/absent.gguf?token=${secret}`), secret },
      },
      teardown: () => server.close(),
    };
  },
  supports: { directories: false, normalize: false, declaredDigests: false },
});
