import { FsCatalog } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
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
    const fetcher = memoryFetcher({ models: { "//cdn.example.com/tiny": models.tiny } });
    const options = { allowedSchemes: ["mem"], allowedHosts: ["*.example.com"], maxBytes: 3 };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), options);
    await expect(provisioner.ensurePresentStr("mem:tiny")).resolves.toMatchObject({ id: "mem:tiny" });
    // The memory fetcher serves no URLs; that it is asked is what shows that the policy let the reference pass.
    await new ModelProvisioner(setting.catalog, fetcher, options)
      .ensurePresentStr("mem://cdn.example.com/tiny")
      .catch(() => {});
    expect(fetcher.calls.plan).toBe(1);
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
  ] as const)("on %s with %j is %s", (platform, env, expected) => {
    expect(defaultCacheDir({ platform, env, home: "/home/u" })).toBe(expected);
  });
});
