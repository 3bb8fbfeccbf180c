import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FetchPlan, parseModelRef } from "@llama-orch/catalog-core";
import { fetchContext } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import {
  type RepositorySpec,
  startTestHub,
  type TestHub,
  type TestHubOptions,
} from "../../../../tools/test-hub/src/index.ts";
import { hfFetcher } from "../hf-fetcher.ts";

interface Setting {
  readonly hub: TestHub;
  plan(reference: string): Promise<FetchPlan>;
}

async function openSetting(
  files: RepositorySpec["files"],
  options: TestHubOptions = {},
): Promise<Setting & AsyncDisposable> {
  const hub = await startTestHub(options);
  const home = await mkdtemp(join(tmpdir(), "hf-plan-"));
  hub.addRepository("org/repo", { files, tags: ["v1"] });
  return {
    hub,
    plan: async (reference) =>
      hfFetcher({ endpoint: hub.endpoint, env: { HOME: home } }).plan(parseModelRef(reference), fetchContext()),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const weights = "weights";

test.for(["redirect", "plain"] as const)(
  "a file, with its size and digest, pinned to the commit (%s)",
  async (delivery) => {
    await using setting = await openSetting({ "dir/model.gguf": weights, "config.json": "{}" }, { delivery });
    const plan = await setting.plan("hf:org/repo@v1/dir/model.gguf");
    expect(plan).toMatchObject({
      kind: "file",
      location: "managed",
      revision: expect.stringMatching(/^[0-9a-f]{40}$/),
      files: [
        { path: "dir/model.gguf", sizeBytes: weights.length, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      ],
    });
    expect((await setting.plan("hf:org/repo/config.json")).files).toEqual([{ path: "config.json", sizeBytes: 2 }]);
  },
);

test("a folder of many parts is read page by page", async () => {
  const names = Array.from({ length: 11 }, (_none, index) => `m-${String(index + 1).padStart(5, "0")}-of-00011.gguf`);
  await using setting = await openSetting(Object.fromEntries(names.map((name) => [`q4/${name}`, name])), {
    treePageSize: 4,
  });
  const plan = await setting.plan("hf:org/repo/q4/m-00001-of-00011.gguf");
  expect(plan.files.map(({ path }) => path)).toEqual(names);
  expect(setting.hub.requests.filter(({ path }) => path.includes("/tree/"))).toHaveLength(3);
});

test("a folder is that folder", async () => {
  await using setting = await openSetting({
    "onnx/model.onnx": weights,
    "onnx/sub/data.bin": weights,
    "config.json": "{}",
  });
  expect(await setting.plan("hf:org/repo/onnx")).toMatchObject({
    kind: "directory",
    files: [{ path: "model.onnx" }, { path: "sub/data.bin" }],
  });
});

const shards = { "q4/m-00001-of-00002.gguf": "one", "q4/m-00002-of-00002.gguf": "two", "q8/m.gguf": "eight" };

test.for(["hf:org/repo:q4", "hf:org/repo/q4/m-00001-of-00002.gguf"])(
  "a model in several parts: %s",
  async (reference) => {
    await using setting = await openSetting(shards);
    expect(await setting.plan(reference)).toMatchObject({
      kind: "directory",
      entryPoint: "m-00001-of-00002.gguf",
      files: [{ path: "m-00001-of-00002.gguf" }, { path: "m-00002-of-00002.gguf" }],
    });
  },
);

test("a part that is not the first is a file of its own", async () => {
  await using setting = await openSetting(shards);
  expect(await setting.plan("hf:org/repo/q4/m-00002-of-00002.gguf")).toMatchObject({ kind: "file" });
});

test("a set that lacks a part is none", async () => {
  await using setting = await openSetting({ "m-Q4_K_M-00001-of-00002.gguf": "one" });
  await expect(setting.plan("hf:org/repo:Q4_K_M")).rejects.toMatchObject({
    code: "HF_SHARD_MISSING",
    facts: { missing: ["m-Q4_K_M-00002-of-00002.gguf"] },
  });
});

test.for([[{ "A.json": "{}", "a.json": "{}" }], [{ "a\\b.json": "{}" }], [{ "a\u0001.json": "{}" }]])(
  "names that not every file system can hold are refused",
  async ([files]) => {
    await using setting = await openSetting(files ?? {});
    await expect(setting.plan("hf:org/repo")).rejects.toMatchObject({ code: "HF_PATHS_UNSUPPORTED" });
  },
);

test("what is no Hub is said to be none", async () => {
  await using setting = await openSetting({ "config.json": "{}" });
  setting.hub.inject({ kind: "status", status: 200, message: "hello" });
  await expect(setting.plan("hf:org/repo")).rejects.toMatchObject({ code: "HF_ANSWER_INVALID" });
  await expect(setting.plan("hf:org/repo/config.json")).rejects.toMatchObject({ code: "HF_ANSWER_INVALID" });
});
