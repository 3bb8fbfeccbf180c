import { getEventListeners } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { memoryFetcher, type MemoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

/** A fetcher that waits at a gate, so that a test decides when bytes move. */
function gatedFetcher(): { fetcher: MemoryFetcher<"mem">; reached: Promise<void>; open: () => void } {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const fetcher = memoryFetcher({
    models: { tiny: { files: { "tiny.gguf": "abc" } } },
    onFetch() {
      reached.resolve();
      return gate.promise;
    },
  });
  return { fetcher, reached: reached.promise, open: () => gate.resolve() };
}

function ingestOf(setting: Setting): Promise<string[]> {
  return readdir(join(setting.cacheDir, "ingest"));
}

describe("calls for one model at the same time", () => {
  test("share one fetch, and each gets the model", async () => {
    await using setting = await openSetting();
    const { fetcher, reached, open } = gatedFetcher();
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const calls = Array.from({ length: 8 }, () => provisioner.ensurePresentStr("mem:tiny"));
    await reached;
    open();
    const models = await Promise.all(calls);
    expect(fetcher.calls).toEqual({ plan: 1, fetch: 1 });
    expect(new Set(models.map(({ localPath }) => localPath)).size).toBe(1);
    expect(setting.types().filter((type) => type === "flight-joined")).toHaveLength(7);
    expect(setting.catalog.writes).toBe(1);
  });

  test("are each judged by their own digest and policy", async () => {
    await using setting = await openSetting();
    const { fetcher, reached, open } = gatedFetcher();
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const wrong = provisioner.ensurePresentStr("mem:tiny", sha256("other"));
    const lenient = provisioner.ensurePresentStr("mem:tiny", sha256("other"), { onMismatch: "warn" });
    const right = provisioner.ensurePresentStr("mem:tiny", sha256("abc"));
    const settled = Promise.allSettled([wrong, lenient, right]);
    await reached;
    open();
    expect(await settled).toMatchObject([
      { status: "rejected", reason: { code: "DIGEST_MISMATCH" } },
      { status: "fulfilled", value: { report: { verification: { outcome: "warn" } } } },
      { status: "fulfilled", value: { report: { verification: { outcome: "pass" }, trust: "verified" } } },
    ]);
    expect(fetcher.calls.fetch).toBe(1);
  });

  test("fail together when the fetch fails, and the next call tries anew", async () => {
    await using setting = await openSetting();
    const failure = new Error("line broken");
    let fails = true;
    const fetcher = memoryFetcher({
      models: { tiny: { files: { "tiny.gguf": "abc" } } },
      onFetch() {
        if (fails) throw failure;
      },
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const results = await Promise.allSettled([
      provisioner.ensurePresentStr("mem:tiny"),
      provisioner.ensurePresentStr("mem:tiny"),
    ]);
    expect(results).toMatchObject([
      { status: "rejected", reason: failure },
      { status: "rejected", reason: failure },
    ]);
    fails = false;
    expect((await provisioner.ensurePresentStr("mem:tiny")).report.cached).toBe(false);
  });
});

describe("an abort", () => {
  test("detaches its own call, with its own reason, and the others get the model", async () => {
    await using setting = await openSetting();
    const { fetcher, reached, open } = gatedFetcher();
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const controller = new AbortController();
    const leaving = provisioner.ensurePresentStr("mem:tiny", undefined, { signal: controller.signal });
    const staying = provisioner.ensurePresentStr("mem:tiny");
    await reached;
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await leaving.catch((error: unknown) => error)).toBe(reason);
    open();
    expect((await staying).report.cached).toBe(false);
    expect(fetcher.calls.fetch).toBe(1);
  });

  test("defect 19: of the last call stops the work, leaves nothing and no listener, and a new call starts anew", async () => {
    await using setting = await openSetting();
    const { fetcher, reached, open } = gatedFetcher();
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const controller = new AbortController();
    const call = provisioner.ensurePresentStr("mem:tiny", undefined, { signal: controller.signal });
    await reached;
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await call.catch((error: unknown) => error)).toBe(reason);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    expect(setting.types()).not.toContain("ensure-failed");
    await expect.poll(() => ingestOf(setting)).toEqual([]);
    open();
    expect((await provisioner.ensurePresentStr("mem:tiny")).report.cached).toBe(false);
    expect(fetcher.calls.fetch).toBe(2);
  });

  test("before the call stops it before anything is asked", async () => {
    await using setting = await openSetting();
    const { fetcher } = gatedFetcher();
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const reason = new Error("never");
    const call = provisioner.ensurePresentStr("mem:tiny", undefined, { signal: AbortSignal.abort(reason) });
    expect(await call.catch((error: unknown) => error)).toBe(reason);
    expect(fetcher.calls).toEqual({ plan: 0, fetch: 0 });
    expect(setting.events).toEqual([]);
  });
});

describe("calls on different terms", () => {
  const models = (content: string) => ({ tiny: { files: { "tiny.gguf": content } } });

  test("do not share a flight that may not ask the source with one that may", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ network: true, models: models("abc") });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    // The first one fails, or is served what the second one has brought meanwhile: whoever has their turn first.
    const [, online] = await Promise.allSettled([
      provisioner.ensurePresentStr("mem:tiny", undefined, { offline: true }),
      provisioner.ensurePresentStr("mem:tiny"),
    ]);
    expect(online).toMatchObject({ status: "fulfilled" });
  });

  test("refresh asks the source, also beside a call that only hashes", async () => {
    await using setting = await openSetting();
    const source: Record<string, { files: Record<string, string> }> = models("abc");
    const fetcher = memoryFetcher({ models: source });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    source["tiny"] = { files: { "tiny.gguf": "new" } };
    const [, refreshed] = await Promise.all([
      provisioner.ensurePresentStr("mem:tiny", undefined, { verify: "always" }),
      provisioner.ensurePresentStr("mem:tiny", undefined, { refresh: true }),
    ]);
    expect(refreshed.report.digest).toBe(sha256("new"));
  });

  test("each gets the bytes that it expects, those that are here and those that the source has by now", async () => {
    await using setting = await openSetting();
    const source: Record<string, { files: Record<string, string> }> = models("old");
    const gate = Promise.withResolvers<void>();
    const fetcher = memoryFetcher({
      models: source,
      onFetch: () => (source["tiny"]?.files["tiny.gguf"] === "new" ? gate.promise : undefined),
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    source["tiny"] = { files: { "tiny.gguf": "new" } };
    const wantsNew = provisioner.ensurePresentStr("mem:tiny", sha256("new"));
    // Comes second, and does not wait for bytes that it does not want.
    const wantsOld = await provisioner.ensurePresentStr("mem:tiny", sha256("old"));
    gate.resolve();
    expect([wantsOld.report.digest, (await wantsNew).report.digest]).toEqual([sha256("old"), sha256("new")]);
  });

  test("count what was staged once", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(
      setting.catalog,
      memoryFetcher({ models: models("abc") }),
      setting.listening,
    );
    const calls = Array.from({ length: 3 }, () => provisioner.ensurePresentStr("mem:tiny"));
    const staged = (await Promise.all(calls)).map(({ report }) => report.stagedBytes);
    expect(staged.reduce((sum, bytes) => sum + bytes, 0)).toBe(3);
    expect(setting.types().filter((type) => type === "model-published")).toHaveLength(1);
  });
});

test("plan() is prompt to abort, also while a fetcher hangs", async () => {
  await using setting = await openSetting();
  const hanging = { ...memoryFetcher({ models: {} }), plan: () => new Promise<never>(() => {}) };
  const provisioner = new ModelProvisioner(setting.catalog, hanging, setting.listening);
  const controller = new AbortController();
  const planned = provisioner.plan("mem:tiny", undefined, { signal: controller.signal });
  const reason = new Error("enough");
  setImmediate(() => controller.abort(reason));
  expect(await planned.catch((error: unknown) => error)).toBe(reason);
});

test("a fetcher whose work has succeeded is told of no abort afterwards", async () => {
  await using setting = await openSetting();
  let signal: AbortSignal | undefined;
  const fetcher = memoryFetcher({
    models: { tiny: { files: { "tiny.gguf": "abc" } } },
    onFetch: (_ref, context) => void (signal = context.signal),
  });
  await new ModelProvisioner(setting.catalog, fetcher).ensurePresentStr("mem:tiny");
  expect(signal?.aborted).toBe(false);
});
