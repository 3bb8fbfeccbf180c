import { describe, expect, test } from "vitest";
import { fetchContext } from "../kit/fetch-context.ts";
import { tempIngest } from "../kit/temp-ingest.ts";
import { modelFetcherContract } from "../model-fetcher/model-fetcher-contract.ts";
import { memorySetup, memorySupports } from "../testing/memory-setup.ts";
import { memoryFetcher, type MemoryFetcher, memoryRef } from "./memory-fetcher.ts";
import type { MemoryModel } from "./memory-model.ts";

describe("memoryFetcher with digests and revisions", () => {
  modelFetcherContract({ test, factory: () => memorySetup(), supports: memorySupports });
});

describe("memoryFetcher that tells as little as it may", () => {
  modelFetcherContract({
    test,
    factory: () => memorySetup(undefined, { tells: "nothing" }),
    supports: { ...memorySupports, declaredDigests: false, inFlightDigests: false, revisions: false },
  });
});

describe("memoryFetcher in the hands of a test", () => {
  test("counts its calls", async () => {
    const { plan, fetch } = await use(memoryFetcher({ models: { a: { files: { "a.bin": "a" } } } }));
    expect({ plan, fetch }).toEqual({ plan: 1, fetch: 1 });
  });

  test("fails with what a hook throws", async () => {
    const failure = new Error("the source is on fire");
    const models = { a: { files: { "a.bin": "a" } } };
    const fail = (): never => {
      throw failure;
    };
    await expect(use(memoryFetcher({ models, onPlan: fail }))).rejects.toBe(failure);
    await expect(use(memoryFetcher({ models, onFetch: fail }))).rejects.toBe(failure);
  });

  test("serves the scheme it is given, and no other", async () => {
    const fetcher = memoryFetcher({ scheme: "demo", models: { a: { files: { "a.bin": "a" } } } });
    expect(fetcher.schemes).toEqual(["demo"]);
    await expect(fetcher.plan(memoryRef("a", "demo"), fetchContext())).resolves.toMatchObject({ source: "demo:a" });
    await expect(fetcher.plan(memoryRef("a"), fetchContext())).rejects.toMatchObject({
      code: "MEMORY_REF_UNSUPPORTED",
    });
  });

  test("knows no model by the name of an object's method", async () => {
    const fetcher = memoryFetcher({ models: {} });
    await expect(fetcher.plan(memoryRef("toString"), fetchContext())).rejects.toMatchObject({
      code: "MEMORY_MODEL_NOT_FOUND",
    });
  });

  test("reads its models anew at each call", async () => {
    const models: Record<string, MemoryModel> = { a: { files: { "a.bin": "a" } } };
    const fetcher = memoryFetcher({ models });
    const plan = await fetcher.plan(memoryRef("a"), fetchContext());
    models["a"] = { files: { "a.bin": "b" } };
    const { ingest, dispose } = await tempIngest();
    try {
      await expect(fetcher.fetch(plan, ingest, fetchContext())).rejects.toMatchObject({ code: "MEMORY_MODEL_CHANGED" });
    } finally {
      await dispose();
    }
  });

  test("a held fetch goes on when it is let go", async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const done = use(memoryFetcher({ models: { a: { files: { "a.bin": "a" } } }, onFetch: () => held }));
    letGo();
    await expect(done).resolves.toMatchObject({ fetch: 1 });
  });
});

/** Plans and fetches the model `a`. */
async function use(fetcher: MemoryFetcher): Promise<MemoryFetcher["calls"]> {
  const { ingest, dispose } = await tempIngest();
  try {
    const plan = await fetcher.plan(memoryRef("a"), fetchContext());
    await fetcher.fetch(plan, ingest, fetchContext());
    return fetcher.calls;
  } finally {
    await dispose();
  }
}
