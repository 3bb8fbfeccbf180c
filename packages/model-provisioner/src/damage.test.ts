import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { composeFetchers } from "./compose/compose-fetchers.ts";
import { describePath } from "./maintain/describe-path.ts";
import { removeModel } from "./maintain/remove-model.ts";
import { verifyModel } from "./maintain/verify-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256, sha512 } from "./testing/files.ts";
import { filesUnder } from "./testing/tree.ts";
import { entriesOf, openSetting, type Setting } from "./testing/setting.ts";

const models = { tiny: { files: { "tiny.gguf": "abc" }, revision: "r1", declareDigests: true } };

/** Other bytes, and a record whose stat fits them: a bad sector, or a write that kept the time. */
async function rot(setting: Setting, localPath: string): Promise<CatalogEntry> {
  await chmod(localPath, 0o644);
  await writeFile(localPath, "aXc");
  const [entry] = await entriesOf(setting.catalog);
  const [file] = entry?.files ?? [];
  if (entry === undefined || file === undefined) throw new Error("nothing on record");
  const { mtimeNs, ino } = await stat(localPath, { bigint: true });
  const rotten = { ...entry, files: [{ ...file, stat: { mtimeNs: String(mtimeNs), inode: String(ino) } }] };
  await setting.catalog.put(rotten);
  return rotten;
}

describe("damage that no stat shows", () => {
  test("is found by verify: always, and mended from the source, though that has the same digest or revision", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"));
    await rot(setting, localPath);
    const mended = await provisioner.ensurePresentStr("mem:tiny", sha256("abc"), { verify: "always" });
    expect(await readFile(mended.localPath, "utf8")).toBe("abc");
    expect(fetcher.calls.fetch).toBe(2);
  });

  test("is found by verifyModel, which names the file; the next ensure mends it", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { localPath } = await provisioner.ensurePresentStr("mem:tiny");
    const verified = await verifyModel(setting.catalog, await rot(setting, localPath));
    expect(verified).toMatchObject({ outcome: "damaged", damaged: ["tiny.gguf"], actual: sha256("aXc") });
    const mended = await provisioner.ensurePresentStr("mem:tiny");
    expect(await readFile(mended.localPath, "utf8")).toBe("abc");
  });

  test("does not let one digest of old bytes and another of new ones both pass", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    await rot(setting, (await provisioner.ensurePresentStr("mem:tiny")).localPath);
    await expect(provisioner.ensurePresentStr("mem:tiny", sha512("aXc"))).rejects.toMatchObject({
      code: "FILE_CHANGED",
    });
    expect(await setting.catalog.get("mem:tiny")).toMatchObject({ trust: "upstream" });
  });
});

describe("verifyModel", () => {
  test("notes a success, and when", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id } = await provisioner.ensurePresentStr("mem:tiny");
    const entry = await entryOf(setting, id);
    const before = { ...entry, lastVerifiedMs: 1 };
    await setting.catalog.put(before);
    expect(await verifyModel(setting.catalog, before)).toMatchObject({ outcome: "intact", damaged: [] });
    expect((await entryOf(setting, id)).lastVerifiedMs).toBeGreaterThan(1);
  });

  test("tells what is missing", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id, localPath } = await provisioner.ensurePresentStr("mem:tiny");
    await rm(localPath);
    expect(await verifyModel(setting.catalog, await entryOf(setting, id))).toMatchObject({ outcome: "missing" });
  });

  test("with repair: moves what is damaged out of the way, and the next ensure brings it anew", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id, localPath } = await provisioner.ensurePresentStr("mem:tiny");
    await chmod(localPath, 0o644);
    await writeFile(localPath, "cba");
    const { outcome, movedTo } = await verifyModel(setting.catalog, await entryOf(setting, id), { repair: true });
    expect(outcome).toBe("damaged");
    expect(await filesUnder(String(movedTo))).toEqual(["tiny.gguf"]);
    expect(await filesUnder(join(setting.cacheDir, "blobs"))).toEqual([]);
    expect(await verifyModel(setting.catalog, await entryOf(setting, id))).toMatchObject({ outcome: "missing" });
    expect(await readFile((await provisioner.ensurePresentStr(id)).localPath, "utf8")).toBe("abc");
  });

  test("with repair, where nothing can be moved: still tells the damage, and why it is not repaired", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id, localPath } = await provisioner.ensurePresentStr("mem:tiny");
    await chmod(localPath, 0o644);
    await writeFile(localPath, "cba");
    await writeFile(join(setting.cacheDir, "damaged"), "in the way");
    expect(await verifyModel(setting.catalog, await entryOf(setting, id), { repair: true })).toMatchObject({
      outcome: "damaged",
      notMoved: { code: "CATALOG_DIR_INVALID" },
    });
  });

  test.each(["retired", "removed"] as const)("does not bring back what was %s while it read", async (change) => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id } = await provisioner.ensurePresentStr("mem:tiny");
    const entry = await entryOf(setting, id);
    await (change === "retired" ? setting.catalog.setState(id, "Retired") : setting.catalog.delete(id));
    await verifyModel(setting.catalog, entry);
    expect((await setting.catalog.get(id))?.lifecycle).toBe(change === "retired" ? "Retired" : undefined);
  });
});

describe("removeModel", () => {
  test("deletes the bytes of a single file that lies in a folder of its source", async () => {
    await using setting = await openSetting();
    const fetcher = memoryFetcher({ models: { tiny: { files: { "sub/tiny.gguf": "abc" }, kind: "file" } } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    expect(await removeModel(setting.catalog, "mem:tiny")).toEqual({ id: "mem:tiny", freedBytes: 3 });
    expect(await readdir(join(setting.cacheDir, "models"))).toEqual([]);
    expect(await removeModel(setting.catalog, "mem:tiny")).toBeUndefined();
  });

  test("deletes every version of it", async () => {
    await using setting = await openSetting();
    const source: Record<string, { files: Record<string, string> }> = { tiny: { files: { x: "abc" } } };
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models: source }), setting.listening);
    await provisioner.ensurePresentStr("mem:tiny");
    source["tiny"] = { files: { x: "new" } };
    await provisioner.ensurePresentStr("mem:tiny", undefined, { refresh: true });
    await removeModel(setting.catalog, "mem:tiny");
    expect(await readdir(join(setting.cacheDir, "models"))).toEqual([]);
  });

  test("defect 4: forgets a file that is used in place, and never touches it", async () => {
    await using setting = await openSetting();
    const path = await placeFile(setting.sources, "model.gguf", "abc");
    const { id } = await new ModelProvisioner(setting.catalog, fileFetcher(), setting.listening).ensurePresentStr(
      "model.gguf",
    );
    expect(await removeModel(setting.catalog, id)).toEqual({ id, freedBytes: 0 });
    expect(await readFile(path, "utf8")).toBe("abc");
  });

  test("refuses a record whose bytes do not lie where models do, and keeps it", async () => {
    await using setting = await openSetting();
    const provisioner = new ModelProvisioner(setting.catalog, memoryFetcher({ models }), setting.listening);
    const { id } = await provisioner.ensurePresentStr("mem:tiny");
    await setting.catalog.put({ ...(await entryOf(setting, id)), localPath: "catalog/entries/x" });
    await expect(removeModel(setting.catalog, id)).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
    expect(await setting.catalog.get(id)).toMatchObject({ id });
  });
});

describe("a folder that is used in place", () => {
  test("is hashed by its recorded files: what others add is not part of it", async () => {
    await using setting = await openSetting();
    await mkdir(join(setting.sources, "llama"));
    await placeFile(join(setting.sources, "llama"), "weights", "abc");
    const provisioner = new ModelProvisioner(setting.catalog, fileFetcher(), setting.listening);
    const { digest } = await describePath(join(setting.sources, "llama"));
    await provisioner.ensurePresentStr("llama", digest);
    await placeFile(join(setting.sources, "llama"), ".DS_Store", "litter");
    const { report } = await provisioner.ensurePresentStr("llama", digest, { verify: "always" });
    expect(report.verification.outcome).toBe("pass");
  });
});

test("plan foretells what ensure would do with a retired model, also offline", async () => {
  await using setting = await openSetting();
  const fetcher = memoryFetcher({ models, network: true });
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  const { id, localPath } = await provisioner.ensurePresentStr("mem:tiny");
  await setting.catalog.setState(id, "Retired");
  const planned = await provisioner.plan("mem:tiny", undefined, { offline: true });
  expect(planned).toMatchObject({ id, present: { localPath } });
  expect(await setting.catalog.get(id)).toMatchObject({ lifecycle: "Retired" });
  expect(fetcher.calls.plan).toBe(1);
});

test("an imported model whose file is gone is brought anew, not pointed to where it was", async () => {
  await using setting = await openSetting();
  const path = await placeFile(setting.sources, "model.gguf", "abc");
  const fetcher = composeFetchers(
    fileFetcher(),
    memoryFetcher({ models: { tiny: { files: { "tiny.gguf": "new" } } } }),
  );
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  const { id } = await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
  await setting.catalog.put({ ...(await entryOf(setting, id)), id: "mem:tiny" });
  await rm(path);
  const served = await provisioner.ensurePresentStr("mem:tiny", undefined, { onMismatch: "warn" });
  expect(await readFile(served.localPath, "utf8")).toBe("new");
  expect(dirname(served.localPath)).toContain(setting.cacheDir);
});

async function entryOf(setting: Setting, id: string): Promise<CatalogEntry> {
  const entry = await setting.catalog.get(id);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry;
}
