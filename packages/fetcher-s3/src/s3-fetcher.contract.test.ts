import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseModelRef } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { startTestS3 } from "../../../tools/test-s3/src/index.ts";
import { s3Fetcher } from "./s3-fetcher.ts";
import { isolateAws } from "./testing/isolate-aws.ts";

const single = { "model.gguf": "abc" };
const several = { "a.gguf": "a", "weights/part-1.gguf": "one", "weights/part-2.gguf": "two" };

modelFetcherContract({
  test,
  async factory() {
    const home = await mkdtemp(join(tmpdir(), "s3-contract-"));
    isolateAws(home);
    const s3 = await startTestS3();
    const { credentials } = s3;
    s3.bucket("models");
    s3.putObject("models", "dir/model.gguf", "abc", { checksums: ["sha256"] });
    for (const [path, content] of Object.entries(several))
      s3.putObject("models", `several/${path}`, content, { checksums: ["sha256"] });
    s3.putObject("models", "slow.gguf", { sizeBytes: 1_000_000, seed: 1 });
    const stall = s3.inject({
      kind: "stall",
      afterBytes: 500_000,
      when: ({ path, method }) => method === "GET" && path.includes("slow"),
    });
    const present = { ref: parseModelRef("s3://models/dir/model.gguf"), files: single };
    return {
      fetcher: s3Fetcher({ endpoint: s3.origin, credentials, maxRetries: 0 }),
      cases: {
        present,
        directory: { ref: parseModelRef("s3://models/several/"), files: several },
        missing: { ref: parseModelRef("s3://models/absent.gguf"), code: "S3_KEY_NOT_FOUND" },
        unsupported: { ref: parseModelRef("https://127.0.0.1/model.gguf"), code: "S3_SCHEME_UNSUPPORTED" },
        slow: { ref: parseModelRef("s3://models/slow.gguf"), underway: () => stall.acted },
        change: { ...present, change: () => void s3.putObject("models", "dir/model.gguf", "other") },
        secret: { ref: parseModelRef("s3://models/absent.gguf"), secret: credentials.secretAccessKey },
        locators: [
          "//models",
          "//models/a%20b+c%2Bd%25e",
          "//models/a?versionId=x%2Fy",
          "//models/100%/",
          "//My_Bucket.1/ä",
        ],
      },
      async teardown() {
        await s3[Symbol.asyncDispose]();
        await rm(home, { recursive: true, force: true });
      },
    };
  },
});
