import { describe, expect, onTestFinished, test as base } from "vitest";
import { hubCases, type HubRun, openRun, startModelHub, weights } from "../../../tools/hf-suite/src/index.ts";
import { rateLimited, type TestHub } from "../../../tools/test-hub/src/index.ts";
import { hfFetcher } from "./hf-fetcher.ts";

let hub: TestHub;

const test = base.extend<{ run: HubRun }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads the names of wanted fixtures off this pattern.
  run: async ({}, use) => {
    hub = await startModelHub();
    const own = hub;
    const run = await openRun(hub, (env) => hfFetcher({ env, baseDelayMs: 0, maxDelayMs: 0, stallTimeoutMs: 5_000 }));
    onTestFinished(async () => {
      await own[Symbol.asyncDispose]();
      await run[Symbol.asyncDispose]();
    });
    await use(run);
  },
});

describe("as every fetcher of hf: references does", () => {
  hubCases(test, () => hub);
});

describe("when the Hub fails", () => {
  test("429 is waited out as long as the Hub says, and then HF_RATE_LIMITED", async ({ run }) => {
    hub.inject({ ...rateLimited(0), times: 3 });
    await run.fetch("hf:org/model/config.json");
    hub.inject(rateLimited(3_600));
    expect(await run.failure("hf:org/model/config.json")).toMatchObject({
      code: "HF_RATE_LIMITED",
      facts: { retryAfterSeconds: 3_600 },
    });
  });

  test("503 and a closed port are of the network", async ({ run }) => {
    const broken = hub.inject({ kind: "status", status: 503 });
    expect(await run.failure("hf:org/model/config.json")).toMatchObject({ category: "network" });
    broken();
    run.env["HF_ENDPOINT"] = "http://127.0.0.1:9";
    expect(await run.failure("hf:org/model/config.json")).toMatchObject({ category: "network" });
  });

  test("a file that broke off is gone on with", async ({ run }) => {
    const sizeBytes = 20_000_000;
    hub.addRepository("org/large", { files: { "model.gguf": { sizeBytes, seed: 1 } } });
    const cut = hub.inject({
      kind: "cut",
      afterBytes: 12_000_000,
      when: ({ server, method }) => server === "cdn" && method === "GET",
    });
    const controller = new AbortController();
    const onProgress = ({ attempt }: { attempt: number }): void => {
      if (attempt > 1) controller.abort("enough");
    };
    expect(await run.fetch("hf:org/large/model.gguf", { signal: controller.signal, onProgress }).catch(String)).toBe(
      "enough",
    );
    cut();
    const { reusedBytes, movedBytes } = await run.fetch("hf:org/large/model.gguf");
    expect(reusedBytes).toBeGreaterThanOrEqual(12_000_000);
    expect(reusedBytes + movedBytes).toBe(sizeBytes);
  });

  test("an expired signature is made anew", async ({ run }) => {
    hub.inject({ kind: "expired-signature", times: 1, when: ({ server }) => server === "hub" });
    await run.fetch("hf:org/model/model-q4.gguf");
    expect((await run.read("model-q4.gguf")).length).toBe(weights.length + 2);
  });

  test("a file that is renamed between plan and fetch is brought as it was planned, by its commit", async ({ run }) => {
    const repository = hub.addRepository("org/moving", { files: { "old.gguf": "bytes" } });
    const { commit } = repository;
    const first = hub.inject({
      kind: "latency",
      ms: 0,
      times: 1,
      when: ({ method }) =>
        method === "GET" && repository.commitFiles({ "old.gguf": null, "new.gguf": "bytes" }) !== "",
    });
    expect(await run.fetch("hf:org/moving/old.gguf")).toMatchObject({ revision: commit });
    first();
    expect(await run.failure("hf:org/moving/old.gguf")).toMatchObject({ code: "HF_FILE_NOT_FOUND" });
  });
});

describe("requests", () => {
  test("two a small file, and one for the whole repository", async ({ run }) => {
    const files = Object.fromEntries(
      Array.from({ length: 50 }, (_none, index) => [`${index}.json`, `{"index":${index}}`]),
    );
    hub.addRepository("org/many", { files });
    const before = hub.requests.length;
    const { files: brought } = await run.fetch("hf:org/many");
    expect(brought).toHaveLength(50);
    expect(hub.requests.length - before).toBeLessThanOrEqual(2 * 50 + 1);
  });

  test("a mirror is asked for metadata, further pages and data alike", async ({ run }) => {
    const files = Object.fromEntries(Array.from({ length: 5 }, (_none, index) => [`${index}.gguf`, `${index}`]));
    hub.addRepository("org/mirrored", { files, delivery: "plain" });
    await run.fetch("hf:org/mirrored");
    expect(new Set(hub.requests.map(({ server }) => server))).toEqual(new Set(["hub"]));
  });
});
