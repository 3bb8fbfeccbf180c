import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModelRef } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { startTestHub } from "../../../tools/test-hub/src/index.ts";
import { hfFetcher } from "./hf-fetcher.ts";

const secret = "hf_0123456789abcdefghijABCDEFGHIJ";
const single = { "model.gguf": "abc" };
const several = { "a.gguf": "a", "weights/part-1.gguf": "one", "weights/part-2.gguf": "two" };

modelFetcherContract({
  test,
  async factory() {
    const home = await mkdtemp(join(tmpdir(), "hf-contract-"));
    const hub = await startTestHub();
    hub.addToken(secret, { user: "reader", canRead: [] });
    const repository = hub.addRepository("org/single", { files: single });
    hub.addRepository("org/several", { files: several });
    hub.addRepository("org/slow", { files: { "slow.gguf": { sizeBytes: 1_000_000, seed: 1 } } });
    const stall = hub.inject({
      kind: "stall",
      afterBytes: 500_000,
      when: ({ server, path, method }) => server === "cdn" && method === "GET" && path.includes("slow"),
    });
    const present = { ref: parseModelRef("hf:org/single/model.gguf"), files: single };
    return {
      fetcher: hfFetcher({ endpoint: hub.endpoint, token: secret, env: { HOME: home }, maxRetries: 0 }),
      cases: {
        present,
        directory: { ref: parseModelRef("hf:org/several"), files: several },
        missing: { ref: parseModelRef("hf:org/absent/model.gguf"), code: "HF_REPOSITORY_NOT_FOUND" },
        unsupported: { ref: parseModelRef("https://127.0.0.1/model.gguf"), code: "HF_SCHEME_UNSUPPORTED" },
        slow: { ref: parseModelRef("hf:org/slow/slow.gguf"), underway: () => stall.acted },
        change: { ...present, change: () => void repository.commitFiles({ "model.gguf": "other" }) },
        secret: { ref: parseModelRef("hf:org/absent/model.gguf"), secret },
      },
      async teardown() {
        await hub[Symbol.asyncDispose]();
        await rm(home, { recursive: true, force: true });
      },
    };
  },
  supports: { normalize: false },
});
