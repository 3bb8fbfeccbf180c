import { rm } from "node:fs/promises";
import { openModelLock } from "@llama-orch/artifact-store";
import { type FetchPlan, freeSpace, type ModelFetcher } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { openSetting } from "./testing/setting.ts";
import { filesUnder } from "./testing/tree.ts";

const weights = "the weights of a model";

test("what is here under another model is told, by the source's digests and by the caller's", async () => {
  await using setting = await openSetting();
  const models = {
    old: { files: { "weights.gguf": weights, "config.json": "{}" }, declareDigests: true },
    new: { files: { "model/weights.gguf": weights, "config.json": '{"v":2}' }, declareDigests: true },
    single: { files: { "a.gguf": weights } },
  };
  const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }));
  const old = await provisioner.ensurePresentStr("mem:old");
  const before = await filesUnder(setting.cacheDir);
  const demanded = { presentFiles: 1, presentBytes: weights.length, neededBytes: 7, promisedBytes: 0, fits: true };
  expect((await provisioner.plan("mem:new")).demand).toMatchObject(demanded);
  const single = await provisioner.plan("mem:single", sha256(weights));
  expect(single.demand).toMatchObject({ presentFiles: 1, presentBytes: weights.length, neededBytes: 0, fits: true });
  expect((await provisioner.plan("mem:single")).demand).toMatchObject({ presentFiles: 0, neededBytes: weights.length });
  expect(await filesUnder(setting.cacheDir)).toEqual(before);
  await rm(old.localPath, { recursive: true });
  expect((await provisioner.plan("mem:new")).demand).toMatchObject({ presentFiles: 0, presentBytes: 0 });
});

test("what is too large does not fit, nor what others have been promised the room of; what shares blocks does", async () => {
  await using setting = await openSetting();
  const demandOf = async (sizeBytes: number | undefined, facts: Partial<FetchPlan> = {}): Promise<unknown> =>
    (await new ModelProvisioner(setting.catalog, planning(sizeBytes, facts)).plan("huge:x")).demand;
  expect(await demandOf(2 ** 52)).toMatchObject({ neededBytes: 2 ** 52, freeBytes: expect.any(Number), fits: false });
  expect(await demandOf(2 ** 52, { mayShareBlocks: true })).toMatchObject({ fits: true });
  expect(await demandOf(undefined)).toMatchObject({ neededBytes: null, fits: null });
  const other = await openModelLock(setting.cacheDir, "mem:other");
  other.tryHold();
  const bytes = (await freeSpace(setting.root)) ?? 0;
  await other.note({ doneBytes: 0, totalBytes: null, promised: { bytes, sinceMs: 1 } });
  expect(await demandOf(2 ** 20)).toMatchObject({ promisedBytes: bytes, fits: false });
  await other.release();
});

test("nothing is demanded for what is here, or used where it lies", async () => {
  await using setting = await openSetting();
  const provisioner = new ModelProvisioner(setting.catalog, planning(1, { location: "external" }));
  expect(await provisioner.plan("huge:x")).not.toHaveProperty("demand");
});

/** Plans a model of a size. */
function planning(sizeBytes: number | undefined, facts: Partial<FetchPlan>): ModelFetcher<"huge"> {
  const files = [{ path: "x", ...(sizeBytes !== undefined && { sizeBytes }) }];
  return {
    name: "planning-fetcher",
    version: "0.0.0",
    schemes: ["huge"],
    network: false,
    plan: async (ref) => ({ ref, source: "huge:x", location: "managed", kind: "file", files, ...facts }),
    fetch: () => Promise.reject(new Error("it is never fetched")),
  };
}
