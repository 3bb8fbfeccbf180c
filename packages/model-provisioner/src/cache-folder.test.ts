import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { FsCatalog } from "@llama-orch/catalog-core";
import { memoryFetcher } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { asPlainUser } from "../../../tools/plain-user/as-plain-user.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256 } from "./testing/files.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

const models = { tiny: { files: { "tiny.gguf": "abc" } } };

test("a cache folder that is missing is made when something is to be brought; a failure registers nothing in it", async () => {
  await using setting = await openSetting();
  await placeFile(setting.sources, "model.gguf", "abc");
  const provisioner = ModelProvisioner.fileOnly(setting.cacheDir, { cwd: setting.sources });
  await expect(provisioner.ensurePresentStr("absent.gguf")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  expect(await readdir(setting.cacheDir)).toEqual(["locks"]);
  await provisioner.ensurePresentStr("model.gguf");
  expect(await readdir(setting.cacheDir)).toEqual(["catalog", "locks"]);
});

test("a cache folder that is a file is a clear error", async () => {
  await using setting = await openSetting();
  await placeFile(setting.sources, "model.gguf", "abc");
  await writeFile(setting.cacheDir, "");
  const provisioner = ModelProvisioner.fileOnly(setting.cacheDir, { cwd: setting.sources });
  await expect(provisioner.ensurePresentStr("model.gguf")).rejects.toMatchObject({
    code: expect.stringMatching(/^CATALOG_/),
    message: expect.stringContaining(setting.cacheDir),
    hint: expect.stringMatching(/./),
  });
});

test.skipIf(process.platform !== "linux")(
  "a cache folder where nothing can be made is a clear error, and no endless loop",
  async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const files = ModelProvisioner.fileOnly("/proc/no-cache", { cwd: setting.sources });
    await expect(files.ensurePresentStr("model.gguf")).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE" });
    const managed = new ModelProvisioner(new FsCatalog("/proc/no-cache"), memoryFetcher({ models }));
    await expect(managed.ensurePresentStr("mem:tiny")).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
  },
);

test.skipIf(process.platform === "win32")("a read-only cache folder is a clear error for a new model", async () => {
  await using setting = await openSetting();
  await mkdir(setting.cacheDir);
  await placeFile(setting.sources, "model.gguf", "abc");
  await asReader(setting, async () => {
    const files = ModelProvisioner.fileOnly(setting.cacheDir, { cwd: setting.sources });
    await expect(files.ensurePresentStr("model.gguf")).rejects.toMatchObject({ code: "CATALOG_NOT_WRITABLE" });
    const managed = new ModelProvisioner(setting.catalog, memoryFetcher({ models }));
    await expect(managed.ensurePresentStr("mem:tiny")).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
  });
});

test.skipIf(process.platform === "win32")(
  "a read-only cache folder serves the models that it has, also what is to be noted of them",
  async () => {
    await using setting = await openSetting();
    await placeFile(setting.sources, "model.gguf", "abc");
    const files = ModelProvisioner.fileOnly(setting.cacheDir, { cwd: setting.sources });
    const managed = new ModelProvisioner(setting.catalog, memoryFetcher({ models }));
    await files.ensurePresentStr("model.gguf");
    await managed.ensurePresentStr("mem:tiny");
    await asReader(setting, async () => {
      expect((await files.ensurePresentStr("model.gguf")).report.cached).toBe(true);
      expect((await managed.ensurePresentStr("mem:tiny")).report.cached).toBe(true);
      // Vouched for now, which cannot be recorded here.
      expect((await managed.ensurePresentStr("mem:tiny", sha256("abc"))).report.verification.outcome).toBe("pass");
      expect((await managed.ensurePresentStr("mem:tiny", undefined, { verify: "always" })).report.cached).toBe(true);
    });
  },
);

/** Runs as somebody who may read everything in the setting, and write nothing. */
async function asReader(setting: Setting, run: () => Promise<void>): Promise<void> {
  await chmod(setting.root, 0o755);
  await chmod(setting.cacheDir, 0o555);
  try {
    await asPlainUser(run);
  } finally {
    await chmod(setting.cacheDir, 0o755);
  }
}
