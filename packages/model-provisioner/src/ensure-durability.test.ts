import { open, readdir, readFile, stat, truncate, utimes, chmod } from "node:fs/promises";
import { join } from "node:path";
import { bootId } from "@llama-orch/catalog-core";
import { memoryFetcher, type MemoryFetcher } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { verifyModel } from "./maintain/verify-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { otherBoot, reboot } from "./testing/reboot.ts";
import { openSetting, type Setting } from "./testing/setting.ts";
import { filesUnder } from "./testing/tree.ts";

const weights = "0123456789abcdef".repeat(1_024);
const models = { a: { files: { "a.gguf": weights } }, b: { files: { "b.gguf": weights } } };
const relaxed = { durability: "relaxed" } as const;

interface Started {
  readonly fetcher: MemoryFetcher<"mem">;
  readonly provisioner: ModelProvisioner<Setting["catalog"], MemoryFetcher<"mem">>;
}

function start(setting: Setting): Started {
  const fetcher = memoryFetcher({ models });
  return { fetcher, provisioner: new ModelProvisioner(setting.catalog, fetcher, setting.listening) };
}

/** What a loss of power does to bytes that had not reached the disk. Size (but for one) and time stay as they were. */
const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "zeros in the tail": (path) => overwrite(path, weights.length - 4_096, 4_096),
  "a hole": (path) => overwrite(path, 4_096, 4_096),
  "a short file": async (path) => {
    await truncate(path, 5_000);
  },
};

async function overwrite(path: string, position: number, bytes: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(bytes), 0, bytes, position);
  await file.close();
}

async function losePower(setting: Setting, path: string, damage: (path: string) => Promise<void>): Promise<void> {
  const { mtime } = await stat(path);
  await chmod(path, 0o644);
  await damage(path);
  await chmod(path, 0o444);
  await utimes(path, mtime, mtime);
  await reboot(setting.catalog);
}

describe("a model that was not waited for", () => {
  test("is served at once in the boot that wrote it, and says in which that was", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    expect(await setting.catalog.get("mem:a")).toMatchObject({ unsyncedBoot: bootId() });
    expect(await filesUnder(join(setting.cacheDir, "blobs"))).toEqual([
      `unsynced/${bootId()}/${sha256(weights).slice(7)}`,
    ]);
    const writes = setting.catalog.writes;
    const again = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    expect(again.report.cached).toBe(true);
    expect(setting.catalog.writes).toBe(writes);
    expect(fetcher.calls.fetch).toBe(1);
  });

  test("is brought to the disk for the first call that wants to be safe, and is not fetched for it", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    await provisioner.ensurePresentStr("mem:a");
    expect(await setting.catalog.get("mem:a")).not.toHaveProperty("unsyncedBoot");
    const hex = sha256(weights).slice(7);
    expect(await filesUnder(join(setting.cacheDir, "blobs"))).toEqual([`sha256/${hex.slice(0, 2)}/${hex}`]);
    expect(fetcher.calls.fetch).toBe(1);
  });

  test("undamaged in another boot: is hashed once, and not fetched again; the boot is forgotten", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    const { localPath } = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    await reboot(setting.catalog);
    const again = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    expect(again.localPath).toBe(localPath);
    expect(setting.types()).toContain("hash-progress");
    expect(fetcher.calls.fetch).toBe(1);
    expect(await setting.catalog.get("mem:a")).not.toHaveProperty("unsyncedBoot");
    expect(await readdir(join(setting.cacheDir, "blobs", "unsynced", otherBoot))).toEqual([]);
  });

  test("in another boot, verified by hand: counts as synced from then on", async () => {
    await using setting = await openSetting();
    const { provisioner } = start(setting);
    await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    await reboot(setting.catalog);
    const entry = await setting.catalog.get("mem:a");
    if (entry === undefined) throw new Error("it was ensured");
    expect(await verifyModel(setting.catalog, entry)).toMatchObject({ outcome: "intact" });
    expect(await setting.catalog.get("mem:a")).not.toHaveProperty("unsyncedBoot");
  });
});

describe.each(Object.entries(damages))("after a loss of power that left %s", (_what, damage) => {
  test("a model is brought anew, reached by its own id", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    const { localPath } = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    await losePower(setting, localPath, damage);
    const again = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    expect(await readFile(again.localPath, "utf8")).toBe(weights);
    expect(fetcher.calls.fetch).toBe(2);
  });

  test("reached by a second id that shares its bytes", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    const { localPath } = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    const two = await provisioner.ensurePresentStr("mem:b", sha256(weights), relaxed);
    expect((await stat(two.localPath)).ino).toBe((await stat(localPath)).ino);
    await losePower(setting, localPath, damage);
    const again = await provisioner.ensurePresentStr("mem:b", undefined, relaxed);
    expect(await readFile(again.localPath, "utf8")).toBe(weights);
    const first = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    expect(await readFile(first.localPath, "utf8")).toBe(weights);
    // `a` declares nothing and expects nothing: only its own source can say what it is.
    expect(fetcher.calls.fetch).toBe(3);
  });

  test("reached by a new arrival of the same digest", async () => {
    await using setting = await openSetting();
    const { provisioner, fetcher } = start(setting);
    const { localPath } = await provisioner.ensurePresentStr("mem:a", undefined, relaxed);
    await losePower(setting, localPath, damage);
    const two = await provisioner.ensurePresentStr("mem:b", sha256(weights));
    expect(await readFile(two.localPath, "utf8")).toBe(weights);
    expect(fetcher.calls.fetch).toBe(2);
    const one = await provisioner.ensurePresentStr("mem:a");
    expect(await readFile(one.localPath, "utf8")).toBe(weights);
  });
});
