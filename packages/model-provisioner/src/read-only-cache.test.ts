import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type CatalogEntry, silentLogger } from "@llama-orch/catalog-core";
import { type FileFetcher, fileFetcher } from "@llama-orch/fetcher-file";
import { describe, expect, test } from "vitest";
import { asPlainUser } from "../../../tools/plain-user/as-plain-user.ts";
import { verifyModel } from "./maintain/verify-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { asRoot } from "../../../tools/small-disk/as-root.ts";
import { placeFile, sha256 } from "./testing/files.ts";
import { otherBoot, reboot } from "./testing/reboot.ts";
import { type CountingCatalog, openSetting, type Setting } from "./testing/setting.ts";
import { whyNoMount } from "../../../tools/small-disk/small-disk.ts";

const weights = "the weights of a model";
const noMount = await whyNoMount();
const noUsers = process.platform === "win32" ? "Windows has no such permissions" : undefined;

/** Runs with a cache that cannot be written, in one of two ways. */
type ReadOnly = (setting: Setting, run: () => Promise<void>) => Promise<void>;

const mounted: ReadOnly = async ({ cacheDir }, run) => {
  await asRoot("mount", ["--bind", cacheDir, cacheDir]);
  try {
    await asRoot("mount", ["-o", "remount,bind,ro", cacheDir]);
    await run();
  } finally {
    await asRoot("umount", [cacheDir]);
  }
};

const ofAnotherUser: ReadOnly = async ({ root, cacheDir }, run) => {
  await chmod(root, 0o755);
  const found = await readdir(cacheDir, { recursive: true, withFileTypes: true });
  const folders = found.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  for (const folder of [cacheDir, ...folders]) await chmod(folder, 0o555);
  try {
    await asPlainUser(run);
  } finally {
    for (const folder of [cacheDir, ...folders]) await chmod(folder, 0o755);
  }
};

describe.each([
  ["mounted read-only", mounted, noMount],
  ["of a user who may only read it", ofAnotherUser, noUsers],
] as const)("a model in a cache %s", (_how, readOnly, whyNot) => {
  test("is served, with and without its digest, also when it is to be hashed, and can be verified", async ({
    skip,
  }) => {
    skip(whyNot !== undefined, whyNot);
    await using setting = await openSetting();
    const { provisioner } = await bring(setting, "full");
    await readOnly(setting, async () => {
      const before = await look(setting);
      for (const digest of [undefined, sha256(weights)]) {
        for (const verify of ["auto", "always"] as const) {
          const { report } = await provisioner.ensurePresentStr("model.gguf", digest, { verify });
          const outcome = digest === undefined ? "skipped" : "pass";
          expect(report).toMatchObject({ cached: true, stagedBytes: 0, verification: { outcome } });
        }
      }
      expect(await verifyModel(setting.catalog, await entryOf(setting.catalog))).toMatchObject({ outcome: "intact" });
      expect(await look(setting)).toEqual(before);
    });
  });

  test("that another boot had not waited for is hashed and served, with a warning, and stays as it was", async ({
    skip,
  }) => {
    skip(whyNot !== undefined, whyNot);
    await using setting = await openSetting();
    const { provisioner, warnings } = await bring(setting, "relaxed");
    await reboot(setting.catalog);
    await readOnly(setting, async () => {
      const before = await look(setting);
      for (const durability of ["relaxed", "full"] as const) {
        setting.events.length = 0;
        warnings.length = 0;
        const { report } = await provisioner.ensurePresentStr("model.gguf", undefined, { durability });
        expect(report).toMatchObject({ cached: true, stagedBytes: 0 });
        expect(setting.types()).toContain("hash-progress");
        expect(warnings).toEqual([expect.stringContaining("the catalog could not be updated")]);
      }
      expect(await verifyModel(setting.catalog, await entryOf(setting.catalog))).toMatchObject({ outcome: "intact" });
      expect(await look(setting)).toEqual(before);
    });
    expect(await entryOf(setting.catalog)).toMatchObject({ unsyncedBoot: otherBoot });
  });
});

interface Brought {
  readonly provisioner: ModelProvisioner<CountingCatalog, FileFetcher>;
  readonly warnings: string[];
}

async function bring(setting: Setting, durability: "full" | "relaxed"): Promise<Brought> {
  await placeFile(setting.sources, "model.gguf", weights);
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const options = { ...setting.listening, logger };
  const provisioner = new ModelProvisioner(setting.catalog, fileFetcher({ stage: "copy" }), options);
  await provisioner.ensurePresentStr("model.gguf", undefined, { durability });
  return { provisioner, warnings };
}

async function entryOf(catalog: CountingCatalog): Promise<CatalogEntry> {
  for await (const entry of catalog.list()) return entry;
  throw new Error("nothing is on record");
}

/** Everything in the cache, with what a write to it would change. */
async function look({ cacheDir }: Setting): Promise<readonly string[]> {
  const found = await readdir(cacheDir, { recursive: true });
  const lines = found.map(async (path) => {
    const { ino, size, mode, mtimeNs, ctimeNs } = await lstat(join(cacheDir, path), { bigint: true });
    return [path, ino, size, mode, mtimeNs, ctimeNs].join(" ");
  });
  return (await Promise.all(lines)).toSorted();
}
