import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { removeModel } from "./maintain/remove-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { entriesOf, openSetting } from "./testing/setting.ts";
import { filesUnder } from "./testing/tree.ts";

const weights = "the weights of a model";

describe("bytes of a known digest that are here already", () => {
  test("under another id, as the caller's digest says: are linked, and nothing is fetched", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({
      models: { a: { files: { "a.gguf": weights } }, b: { files: { "b.gguf": weights } } },
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const one = await provisioner.ensurePresentStr("mem:a");
    const two = await provisioner.ensurePresentStr("mem:b", sha256(weights));
    expect(fetcher.calls).toEqual({ plan: 2, fetch: 1 });
    expect((await stat(two.localPath)).ino).toBe((await stat(one.localPath)).ino);
    expect(two.localPath.endsWith("b.gguf")).toBe(true);
    expect(two.report).toMatchObject({ stagedBytes: 0, cached: false, trust: "verified" });
    expect(setting.types()).toContain("content-reused");
    expect((await setting.catalog.get("mem:b"))?.provenance).toMatchObject({
      movedBytes: 0,
      reusedBytes: weights.length,
    });
  });

  test("as the source's digests say: the files that are here are linked, the others fetched", async () => {
    await using setting = await openSetting();
    const models = {
      old: { files: { "weights.gguf": weights, "config.json": "{}" }, declareDigests: true },
      new: { files: { "model/weights.gguf": weights, "config.json": '{"v":2}' }, declareDigests: true },
    };
    const fetcher = memoryFetcher({ models });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const old = await provisioner.ensurePresentStr("mem:old");
    const next = await provisioner.ensurePresentStr("mem:new");
    const [a, b] = [join(old.localPath, "weights.gguf"), join(next.localPath, "model", "weights.gguf")];
    expect((await stat(a)).ino).toBe((await stat(b)).ino);
    expect(await readFile(join(next.localPath, "config.json"), "utf8")).toBe('{"v":2}');
    expect(next.report).toMatchObject({ stagedBytes: 7, trust: "upstream" });
    expect((await setting.catalog.get("mem:new"))?.provenance).toMatchObject({
      movedBytes: 7,
      reusedBytes: weights.length,
    });
  });

  test("a fetcher that brings them all the same does no harm", async () => {
    await using setting = await openSetting();
    const deaf = memoryFetcher({
      models: {
        a: { files: { x: weights, y: "1" }, declareDigests: true },
        b: { files: { x: weights, y: "2" }, declareDigests: true },
      },
    });
    const fetcher: typeof deaf = {
      ...deaf,
      fetch: (plan, ingest, context) => deaf.fetch(plan, { ...ingest, present: new Set() }, context),
    };
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const [a, b] = [await provisioner.ensurePresentStr("mem:a"), await provisioner.ensurePresentStr("mem:b")];
    expect((await stat(join(a.localPath, "x"))).ino).toBe((await stat(join(b.localPath, "x"))).ino);
    expect(await readFile(join(b.localPath, "y"), "utf8")).toBe("2");
  });

  test("a digest that the source denies is not served from elsewhere", async () => {
    await using setting = await openSetting();
    const models = { a: { files: { a: weights } }, b: { files: { b: "other bytes" }, declareDigests: true } };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    await provisioner.ensurePresentStr("mem:a");
    await expect(provisioner.ensurePresentStr("mem:b", sha256(weights))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
  });
});

describe("bytes that were refused because of their digest", () => {
  test("are kept out of sight: with the right digest the next call fetches nothing", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { a: { files: { "a.gguf": weights } } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await expect(provisioner.ensurePresentStr("mem:a", sha256("a typo"))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    expect(await entriesOf(setting.catalog)).toEqual([]);
    expect(await readdir(setting.cacheDir)).not.toContain("models");
    expect(await filesUnder(join(setting.cacheDir, "ingest"))).toEqual([]);

    const { localPath, report } = await provisioner.ensurePresentStr("mem:a", sha256(weights));
    expect(fetcher.calls).toEqual({ plan: 2, fetch: 1 });
    expect(await readFile(localPath, "utf8")).toBe(weights);
    expect(report).toMatchObject({ stagedBytes: 0, trust: "verified" });
  });

  test("of a vouched model that moved on are kept beside it, which stays as it is", async () => {
    await using setting = await openSetting();
    const models: Record<string, { files: Record<string, string> }> = { a: { files: { "a.gguf": weights } } };
    const fetcher = memoryFetcher({ models });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:a", sha256(weights));
    models["a"] = { files: { "a.gguf": "version two" } };
    await expect(provisioner.ensurePresentStr("mem:a", undefined, { refresh: true })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    expect(await readFile(localPath, "utf8")).toBe(weights);
    const next = await provisioner.ensurePresentStr("mem:a", sha256("version two"));
    expect(await readFile(next.localPath, "utf8")).toBe("version two");
    expect(fetcher.calls.fetch).toBe(2);
  });
});

describe("removeModel", () => {
  test("gives back what no other model shares", async () => {
    await using setting = await openSetting();
    const models = {
      a: { files: { shared: weights, own: "abc" } },
      b: { files: { shared: weights, own: "defgh" } },
    };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    await provisioner.ensurePresentStr("mem:a");
    const { localPath } = await provisioner.ensurePresentStr("mem:b");
    expect(await removeModel(setting.catalog, "mem:a")).toEqual({ id: "mem:a", freedBytes: 3 });
    expect(await readFile(join(localPath, "shared"), "utf8")).toBe(weights);
    expect(await removeModel(setting.catalog, "mem:b")).toEqual({ id: "mem:b", freedBytes: weights.length + 5 });
    expect(await filesUnder(join(setting.cacheDir, "blobs"))).toEqual([]);
  });
});
