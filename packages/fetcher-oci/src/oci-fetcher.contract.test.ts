import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ModelRef, parseModelRef } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { test } from "vitest";
import { modelPackModel, startTestRegistry } from "../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "./oci-fetcher.ts";
import { basicAuth, writeDockerConfig } from "./testing/log-in.ts";

const secret = "password-0123456789";
const single = { "model.gguf": Buffer.from("abc") };
const several = {
  "a.gguf": Buffer.from("a"),
  "weights/part-1.gguf": Buffer.from("one"),
  "weights/part-2.gguf": Buffer.from("two"),
};
const pushed = { single, several };

modelFetcherContract({
  test,
  async factory() {
    const home = await mkdtemp(join(tmpdir(), "oci-contract-"));
    const registry = await startTestRegistry({ auth: { type: "bearer", users: { reader: secret } } });
    for (const [name, files] of Object.entries(pushed))
      registry.pushArtifact(`org/${name}`, "v1", modelPackModel(files));
    const slow = { "slow.gguf": { sizeBytes: 1_000_000, seed: 1 } };
    const { layers } = JSON.parse(registry.pushArtifact("org/slow", "v1", modelPackModel(slow)).bytes.toString()) as {
      layers: { digest: string }[];
    };
    const stall = registry.inject({
      kind: "stall",
      afterBytes: 500_000,
      when: ({ method, path }) => method === "GET" && path.endsWith(layers[0]?.digest ?? ""),
    });
    await writeDockerConfig(home, { auths: { [registry.host]: { auth: basicAuth("reader", secret) } } });
    const ref = (text: string): ModelRef => parseModelRef(`oci://${registry.host}/${text}`);
    const present = { ref: ref("org/single:v1"), files: single };
    return {
      fetcher: ociFetcher({ env: { HOME: home }, maxRetries: 0 }),
      cases: {
        present,
        directory: { ref: ref("org/several:v1"), files: several },
        missing: { ref: ref("org/single:absent"), code: "OCI_MANIFEST_NOT_FOUND" },
        unsupported: { ref: parseModelRef("https://127.0.0.1/model.gguf"), code: "OCI_SCHEME_UNSUPPORTED" },
        slow: { ref: ref("org/slow:v1"), underway: () => stall.acted },
        change: {
          ...present,
          change: () =>
            void registry.pushArtifact("org/single", "v1", modelPackModel({ "model.gguf": Buffer.from("other") })),
        },
        secret: { ref: ref("org/single:absent"), secret },
        locators: [
          "//host.example/org/model",
          "//HOST.example:443/org/model:latest",
          `//docker.io/model:v1@sha256:${"a".repeat(64)}#./x/`,
        ],
      },
      async teardown() {
        await registry[Symbol.asyncDispose]();
        await rm(home, { recursive: true, force: true });
      },
    };
  },
});
