import { isAbsolute } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test, vi } from "vitest";
import { defaultCacheDir } from "./options/default-cache-dir.ts";
import type { EnsureOptions, ProvisionerOptions } from "./options/provisioner-options.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { openSetting } from "./testing/setting.ts";

const models = { tiny: { files: { "tiny.gguf": "abc" } } };

describe("a provisioner's policy", () => {
  const refusals: [string, ProvisionerOptions, string][] = [
    ["a scheme that is not allowed", { allowedSchemes: ["file"] }, "mem:tiny"],
    ["a host that is not allowed", { allowedHosts: ["example.com"] }, "mem://evil.example.org/x"],
    ["a host that only ends like an allowed one", { allowedHosts: ["*.example.com"] }, "mem://badexample.com/x"],
    [
      "a host behind userinfo that looks like an allowed one",
      { allowedHosts: ["example.com"] },
      "mem://example.com@evil.org/x",
    ],
    ["a reference whose host only its fetcher knows", { allowedHosts: ["example.com"] }, "mem:example.com/x"],
    ["a model that is too large", { maxBytes: 2 }, "mem:tiny"],
  ];
  test.each(refusals)("refuses %s", async (_name, options, reference) => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, options);
    await expect(provisioner.ensurePresentStr(reference)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(fetcher.calls.fetch).toBe(0);
  });

  test("lets pass what is allowed", async () => {
    await using setting = await openSetting();
    const options = { allowedSchemes: ["mem"], maxBytes: 3 };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), options);
    await expect(provisioner.ensurePresentStr("mem:tiny")).resolves.toMatchObject({ id: "mem:tiny" });

    const urls = { ...memoryFetcher({ models }), plan: vi.fn(() => Promise.reject(new Error("asked"))) };
    const hosts = new ModelProvisioner(setting.catalog, urls, { allowedHosts: ["*.example.com", "Models.org"] });
    await expect(hosts.ensurePresentStr("mem://cdn.example.com/tiny")).rejects.toThrow("asked");
    await expect(hosts.ensurePresentStr("mem://user@models.org:8080/tiny")).rejects.toThrow("asked");
    expect(urls.plan).toHaveBeenCalledTimes(2);
  });

  test("stops a source that does not tell its sizes, or lies about them, when it goes on for too long", async () => {
    await using setting = await openSetting();
    const large = { tiny: { files: { "tiny.gguf": Buffer.alloc(1_000_000) } } };
    const honest = memoryFetcher({ models: large });
    const silent: typeof honest = {
      ...honest,
      async plan(ref, context) {
        const plan = await honest.plan(ref, context);
        return { ...plan, files: plan.files.map(({ path }) => ({ path })) };
      },
    };
    const seen: number[] = [];
    const provisioner = new ModelProvisioner(setting.catalog, silent, {
      maxBytes: 200_000,
      onEvent: (event) => void (event.type === "fetch-progress" && seen.push(event.receivedBytes)),
    });
    await expect(provisioner.ensurePresentStr("mem:tiny")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(Math.max(...seen)).toBeLessThan(1_000_000);
  });

  test("counts the sizes that a source does tell", async () => {
    await using setting = await openSetting();
    const honest = memoryFetcher({ models });
    const half: typeof honest = {
      ...honest,
      plan: async (ref) => ({
        ref,
        source: "mem:tiny",
        location: "managed",
        kind: "directory",
        files: [{ path: "known", sizeBytes: 1e12 }, { path: "unknown" }],
      }),
    };
    const provisioner = new ModelProvisioner(setting.catalog, half, { maxBytes: 1_000 });
    await expect(provisioner.ensurePresentStr("mem:tiny")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect(half.calls.fetch).toBe(0);
  });
});

describe("options that make no sense are refused:", () => {
  const wrong: ProvisionerOptions[] = [{ maxBytes: -1 }, { maxBytes: Number.NaN }];
  test.each(wrong)("%j of a provisioner", (options) => {
    const make = (): unknown => new ModelProvisioner(new FsCatalog("/cache"), memoryFetcher({ models }), options);
    expect(make).toThrow(expect.objectContaining({ code: "OPTION_INVALID" }));
  });

  const wrongCalls: EnsureOptions[] = [
    { correlationId: "" },
    { correlationId: "a\r\nb" },
    { correlationId: "x".repeat(129) },
  ];
  test.each(wrongCalls)("%j of a call", async (options) => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }));
    await expect(provisioner.ensurePresentStr("mem:tiny", undefined, options)).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
  });

  test("a text where a list belongs, from callers without types", () => {
    const options: ProvisionerOptions = JSON.parse('{"allowedSchemes":"https"}');
    const make = (): unknown => new ModelProvisioner(new FsCatalog("/cache"), memoryFetcher({ models }), options);
    expect(make).toThrow(expect.objectContaining({ code: "OPTION_INVALID", facts: { option: "allowedSchemes" } }));
  });

  test("words that are not among the choices, from callers without types", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }));
    const options: EnsureOptions = JSON.parse('{"onMismatch":"ignore"}');
    await expect(provisioner.ensurePresentStr("mem:tiny", undefined, options)).rejects.toMatchObject({
      code: "OPTION_INVALID",
      facts: { option: "onMismatch" },
    });
  });
});

describe("the default cache folder", () => {
  test.each([
    ["linux", {}, "/home/u/.cache/model-provisioner"],
    ["linux", { XDG_CACHE_HOME: "/xdg" }, "/xdg/model-provisioner"],
    ["linux", { XDG_CACHE_HOME: "relative" }, "/home/u/.cache/model-provisioner"],
    ["linux", { MODEL_PROVISIONER_CACHE: "/models" }, "/models"],
    ["linux", { MODEL_PROVISIONER_CACHE: "", XDG_CACHE_HOME: "" }, "/home/u/.cache/model-provisioner"],
    ["darwin", {}, "/home/u/Library/Caches/model-provisioner"],
    ["win32", { LOCALAPPDATA: "C:\\Users\\u\\AppData\\Local" }, "C:\\Users\\u\\AppData\\Local\\model-provisioner"],
    ["darwin", { XDG_CACHE_HOME: "/xdg" }, "/xdg/model-provisioner"],
  ] as const)("on %s with %j is %s", (platform, env, expected) => {
    expect(defaultCacheDir({ platform, env, home: "/home/u" })).toBe(expected);
  });

  const local = "C:\\Users\\u\\AppData\\Local\\model-provisioner";
  test.each([
    [{}, local],
    [{ LOCALAPPDATA: "" }, local],
    [{ LOCALAPPDATA: "relative" }, local],
    [{ LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\model-provisioner"],
    [{ XDG_CACHE_HOME: "/home/u/.cache" }, local],
    [{ MODEL_PROVISIONER_CACHE: "D:\\models" }, "D:\\models"],
  ])("on win32 with %j is %s", (env, expected) => {
    expect(defaultCacheDir({ platform: "win32", env, home: "C:\\Users\\u" })).toBe(expected);
  });

  test("is absolute, even where the home folder is not", () => {
    expect(isAbsolute(defaultCacheDir({ platform: "linux", env: {}, home: "" }))).toBe(true);
    expect(isAbsolute(defaultCacheDir({ platform: "linux", env: { MODEL_PROVISIONER_CACHE: "models" } }))).toBe(true);
  });
});
