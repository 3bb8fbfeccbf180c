import { chmod, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigestText, FetchedArtifact, FetchPlan, ModelFetcher } from "@llama-orch/catalog-core";
import { memoryFetcher, type MemoryFetcherOptions } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { entriesOf, openSetting, type Setting } from "./testing/setting.ts";

type Models = Record<string, MemoryFetcherOptions["models"][string]>;

/** What is visible to an engine, and what is left of arrivals. */
async function onDisk(setting: Setting): Promise<{ models: string[]; ingest: string[] }> {
  const list = (folder: string): Promise<string[]> => readdir(join(setting.cacheDir, folder)).catch(() => []);
  return { models: await list("models"), ingest: await list("ingest") };
}

describe("a model that is brought", () => {
  test("is published whole, read-only, under its own name, and registered with where it came from", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { tiny: { files: { "tiny.gguf": "abc" }, revision: "r1" } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);

    const { id, localPath, report } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));

    expect(id).toBe("mem:tiny");
    expect(localPath.startsWith(join(setting.cacheDir, "models"))).toBe(true);
    expect(localPath.endsWith("/tiny.gguf")).toBe(true);
    expect(await readFile(localPath, "utf8")).toBe("abc");
    expect((await stat(localPath)).mode & 0o777).toBe(0o444);
    expect(report).toMatchObject({
      stagedBytes: 3,
      cached: false,
      trust: "verified",
      verification: { outcome: "pass" },
    });
    expect(await setting.catalog.get(id)).toMatchObject({
      location: "managed",
      provenance: { source: "mem:tiny", revision: "r1", fetcher: "memory-fetcher-mem", movedBytes: 3, reusedBytes: 0 },
    });
    expect((await onDisk(setting)).ingest).toEqual([]);
  });

  test("twice is fetched once", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { tiny: { files: { "tiny.gguf": "abc" } } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    const writes = setting.catalog.writes;
    const again = await provisioner.ensurePresentStr("mem:tiny");
    expect(fetcher.calls).toEqual({ plan: 1, fetch: 1 });
    expect(setting.catalog.writes).toBe(writes);
    expect(again.report).toMatchObject({ cached: true, stagedBytes: 0 });
  });

  test("as a directory keeps its files' names, and localPath is what an engine opens", async () => {
    await using setting = await openSetting();
    const files = { "a-00001-of-00002.gguf": "one", "sub/a-00002-of-00002.gguf": "two" };
    const fetcher = memoryFetcher({ models: { big: { files, entryPoint: "a-00001-of-00002.gguf" } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:big");
    expect(await readFile(localPath, "utf8")).toBe("one");
    expect(await readFile(join(localPath, "..", "sub", "a-00002-of-00002.gguf"), "utf8")).toBe("two");
  });

  test("defects 10 and 12: arrives below the cache that the caller chose, and localPath is where it lies", async () => {
    await using setting = await openSetting();
    const places: string[] = [];
    const honest = memoryFetcher({ models: { repo: { files: { "config.json": "{}", "sub/weights": "abc" } } } });
    const fetcher: typeof honest = {
      ...honest,
      fetch(plan, ingest, context) {
        places.push(ingest.directory);
        return honest.fetch(plan, ingest, context);
      },
    };
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:repo");
    expect(places).toEqual([expect.stringContaining(join(setting.cacheDir, "ingest"))]);
    expect(localPath.startsWith(join(setting.cacheDir, "models"))).toBe(true);
    expect((await readdir(localPath, { recursive: true })).toSorted()).toEqual([
      "config.json",
      "sub",
      join("sub", "weights"),
    ]);
    expect((await readdir(setting.cacheDir)).toSorted()).toEqual(["blobs", "catalog", "ingest", "locks", "models"]);
    expect(await readdir(setting.sources)).toEqual([]);
  });

  test("defect 11: the same file name in two models collides with nothing, nor does a file named like the catalog", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({
      models: { "a/b-c": { files: { "index.json": "one" } }, "a-b/c": { files: { "index.json": "two" } } },
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const one = await provisioner.ensurePresentStr("mem:a/b-c");
    const two = await provisioner.ensurePresentStr("mem:a-b/c");
    expect(await readFile(one.localPath, "utf8")).toBe("one");
    expect(await readFile(two.localPath, "utf8")).toBe("two");
    expect(await entriesOf(setting.catalog)).toHaveLength(2);
  });

  test("defect 16: with a wrong digest is not visible, not registered, and leaves nothing behind", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { tiny: { files: { "tiny.gguf": "abc" } } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await expect(provisioner.ensurePresentStr("mem:tiny", sha256("other"))).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      facts: { expected: sha256("other"), actual: sha256("abc") },
    });
    expect(await entriesOf(setting.catalog)).toEqual([]);
    expect(await onDisk(setting)).toEqual({ models: [], ingest: [] });
  });

  test("with a digest that its source declares is trusted upstream; other bytes than declared are refused under any policy", async () => {
    await using setting = await openSetting();
    const declared = { files: { "tiny.gguf": "abc" }, declareDigests: true };
    const fetcher = memoryFetcher({ models: { tiny: declared } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    expect((await provisioner.ensurePresentStr("mem:tiny")).report.trust).toBe("upstream");

    const lying = lyingFetcher({ declared: sha256("promised") });
    const other = new ModelProvisioner(setting.catalog, lying, setting.listening);
    await expect(other.ensurePresentStr("lie:x", undefined, { onMismatch: "warn" })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
      facts: { expectedBy: "source" },
    });
  });
});

describe("a model that was brought before", () => {
  test("is brought again when a file of it is missing or was changed", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { tiny: { files: { "tiny.gguf": "abc" } } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));

    await rm(localPath);
    expect(await readFile((await provisioner.ensurePresentStr("mem:tiny")).localPath, "utf8")).toBe("abc");

    await chmod(localPath, 0o644);
    await writeFile(localPath, "xyz");
    expect(await readFile((await provisioner.ensurePresentStr("mem:tiny")).localPath, "utf8")).toBe("abc");
    expect(fetcher.calls.fetch).toBe(3);
  });

  test("asks its source only on refresh, and moves nothing when the source has the same", async () => {
    await using setting = await openSetting();
    const models: Models = { tiny: { files: { "tiny.gguf": "abc" }, revision: "r1" } };
    const fetcher = memoryFetcher({ models });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    await provisioner.ensurePresentStr("mem:tiny", undefined, { refresh: true });
    expect(fetcher.calls).toEqual({ plan: 2, fetch: 1 });

    models["tiny"] = { files: { "tiny.gguf": "abcd" }, revision: "r2" };
    const kept = await provisioner.ensurePresentStr("mem:tiny");
    expect(await readFile(kept.localPath, "utf8")).toBe("abc");
    const fresh = await provisioner.ensurePresentStr("mem:tiny", undefined, { refresh: true });
    expect(await readFile(fresh.localPath, "utf8")).toBe("abcd");
    // Whoever still has the old path open, or is about to open it, finds the old bytes.
    expect(await readFile(kept.localPath, "utf8")).toBe("abc");
    expect(await setting.catalog.get("mem:tiny")).toMatchObject({ provenance: { revision: "r2" } });
  });

  test("and is asked for by a new digest is brought, if the source has it by now", async () => {
    await using setting = await openSetting();
    const models: Models = { tiny: { files: { "tiny.gguf": "abc" } } };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));
    models["tiny"] = { files: { "tiny.gguf": "new" } };
    const { localPath, report } = await provisioner.ensurePresentStr("mem:tiny", sha256("new"));
    expect(await readFile(localPath, "utf8")).toBe("new");
    expect(report).toMatchObject({ trust: "verified", cached: false });
  });

  test("and vouched for is not replaced by other bytes, under warn either: its own are served", async () => {
    await using setting = await openSetting();
    const models: Models = { tiny: { files: { "tiny.gguf": "abc" } } };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));
    models["tiny"] = { files: { "tiny.gguf": "new" } };

    const { localPath, report } = await provisioner.ensurePresentStr("mem:tiny", undefined, {
      refresh: true,
      onMismatch: "warn",
    });
    expect(await readFile(localPath, "utf8")).toBe("abc");
    expect(report.trust).toBe("verified");
    await expect(provisioner.ensurePresentStr("mem:tiny", undefined, { refresh: true })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
    expect(await setting.catalog.get("mem:tiny")).toMatchObject({ trust: "verified", digest: sha256("abc") });
  });

  test("and vouched for, but is gone, is not replaced on record by other bytes that a caller accepts", async () => {
    await using setting = await openSetting();
    const models: Models = { tiny: { files: { "tiny.gguf": "abc" } } };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));
    await rm(localPath);
    models["tiny"] = { files: { "tiny.gguf": "new" } };
    const served = await provisioner.ensurePresentStr("mem:tiny", undefined, { onMismatch: "warn" });
    expect(await readFile(served.localPath, "utf8")).toBe("new");
    expect(served.report).toMatchObject({ trust: "unverified", verification: { outcome: "warn" } });
    expect(await setting.catalog.get("mem:tiny")).toMatchObject({ trust: "verified", digest: sha256("abc") });
  });

  test("offline is served; what is not here is OFFLINE, and nobody is asked", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({
      network: true,
      models: { tiny: { files: { "tiny.gguf": "abc" } }, absent: { files: { x: "y" } } },
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    const offline = { offline: true };
    expect((await provisioner.ensurePresentStr("mem:tiny", undefined, offline)).report.cached).toBe(true);
    await expect(provisioner.ensurePresentStr("mem:absent", undefined, offline)).rejects.toMatchObject({
      code: "OFFLINE",
    });
    expect(fetcher.calls).toEqual({ plan: 1, fetch: 1 });
  });

  test("offline, with another digest than it has, is a mismatch and not OFFLINE: the bytes are known", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ network: true, models: { tiny: { files: { "tiny.gguf": "abc" } } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, { ...setting.listening });
    await provisioner.ensurePresentStr("mem:tiny");
    await expect(provisioner.ensurePresentStr("mem:tiny", sha256("other"), { offline: true })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
  });
});

describe("defect 13: what a fetcher says is looked at before it is believed:", () => {
  const promised: Partial<FetchPlan> = { kind: "file", files: [{ path: "x", sizeBytes: 3 }] };
  const faults: [string, LyingOptions][] = [
    ["a file that is not there", { write: {} }],
    ["another size than it says", { write: { x: "abcd" } }],
    [
      "another size than planned",
      { plan: promised, write: { x: "abcd" }, fetched: { files: [{ path: "x", sizeBytes: 4 }] } },
    ],
    ["a file that was not planned", { fetched: { files: [{ path: "y", sizeBytes: 3 }] } }],
    [
      "a file twice",
      {
        fetched: {
          files: [
            { path: "x", sizeBytes: 3 },
            { path: "x", sizeBytes: 3 },
          ],
        },
      },
    ],
    ["a file too few", { fetched: { files: [] } }],
    ["a path that climbs", { plan: { ...promised, files: [{ path: "../x" }] } }],
    ["an absolute path", { plan: { ...promised, files: [{ path: "/etc/x" }] } }],
    ["two paths that differ in case alone", { plan: { kind: "directory", files: [{ path: "x" }, { path: "X" }] } }],
    ["no file at all", { plan: { kind: "directory", files: [] } }],
    ["two files for one", { plan: { kind: "file", files: [{ path: "x" }, { path: "y" }] } }],
    ["a digest that is none", { fetched: { files: [{ path: "x", sizeBytes: 3, digests: ["sha256:../../../evil"] }] } }],
    ["a size that is none", { fetched: { files: [{ path: "x", sizeBytes: Number.NaN }] } }],
    ["an entry point that leads out", { fetched: { entryPoint: "../../etc/passwd" } }],
    ["an external model without a path", { plan: { ...promised, location: "external" } }],
  ];
  test.each(faults)("%s", async (_name, options) => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, lyingFetcher(options), setting.listening);
    await expect(provisioner.ensurePresentStr("lie:x")).rejects.toMatchObject({ code: "FETCHER_BROKE_CONTRACT" });
    expect(await entriesOf(setting.catalog)).toEqual([]);
    expect(await onDisk(setting)).toEqual({ models: [], ingest: [] });
  });
});

test("defect 14: a link in the ingest leads nobody out of it", async () => {
  await using setting = await openSetting();
  await writeFile(join(setting.sources, "x"), "abc");
  const plan = { kind: "file", files: [{ path: "sub/x" }] } as const;
  const fetched = { files: [{ path: "sub/x", sizeBytes: 3 }] };
  const lying = lyingFetcher({ plan, write: {}, fetched });
  const linking: ModelFetcher<"lie"> = {
    ...lying,
    async fetch(planned, ingest, context) {
      await symlink(setting.sources, join(ingest.directory, "sub"));
      return lying.fetch(planned, ingest, context);
    },
  };
  const provisioner = new ModelProvisioner(setting.catalog, linking, setting.listening);
  await expect(provisioner.ensurePresentStr("lie:x")).rejects.toMatchObject({ code: "FETCHER_BROKE_CONTRACT" });
  expect(await readFile(join(setting.sources, "x"), "utf8")).toBe("abc");
});

interface LyingOptions {
  readonly declared?: DigestText;
  readonly plan?: Partial<FetchPlan>;
  readonly write?: Readonly<Record<string, string>>;
  readonly fetched?: Partial<FetchedArtifact>;
}

/** A fetcher that writes `abc` to `x`, and says what the test wants it to say. */
function lyingFetcher({ declared, plan, write = { x: "abc" }, fetched }: LyingOptions): ModelFetcher<"lie"> {
  return {
    name: "lying-fetcher",
    version: "0.0.0",
    schemes: ["lie"],
    network: false,
    plan: async (ref) => ({
      ref,
      source: "lie:x",
      location: "managed",
      kind: "file",
      files: [{ path: "x", ...(declared && { digest: declared }) }],
      ...plan,
    }),
    async fetch(_plan, ingest) {
      for (const [path, content] of Object.entries(write)) await writeFile((await ingest.target(path)).path, content);
      return { files: [{ path: "x", sizeBytes: 3 }], movedBytes: 3, reusedBytes: 0, ...fetched };
    },
  };
}
