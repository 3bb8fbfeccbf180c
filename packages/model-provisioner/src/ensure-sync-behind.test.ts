import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { expect, onTestFinished, test } from "vitest";
import { type FsCall, interceptFs } from "../../../tools/crash-harness/src/index.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { openSetting, type Setting } from "./testing/setting.ts";
import { filesUnder } from "./testing/tree.ts";

// More than what is worth a sync of its own (32 MiB).
const largeBytes = 33 * 1024 * 1024;

async function ensureLarge(setting: Setting, durability: "full" | "relaxed"): Promise<string> {
  const path = join(setting.sources, "large.gguf");
  await writeFile(path, "weights");
  await truncate(path, largeBytes);
  const fetcher = fileFetcher({ stage: "copy" });
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  return (await provisioner.ensurePresentStr("large.gguf", undefined, { durability })).localPath;
}

/** @returns takes the gate away; it goes with the test in any case. */
async function beforeSyncs({ cacheDir }: Setting, gate: (call: FsCall) => Promise<void>): Promise<() => void> {
  const stop = await interceptFs(cacheDir, (call) => (call.name === "datasync" ? gate(call) : undefined));
  onTestFinished(stop);
  return stop;
}

test.each([
  ["full", [expect.stringMatching(/^ingest\/.*\/tree\/large\.gguf$/)]],
  ["relaxed", []],
] as const)("%s: what arrives is brought to the disk on the way: %j", async (durability, synced) => {
  await using setting = await openSetting();
  const paths: string[] = [];
  await beforeSyncs(setting, async ({ path }) => void paths.push(path.replaceAll("\\", "/")));
  await ensureLarge(setting, durability);
  expect(paths).toEqual(synced);
});

test("a disk that fails on the way fails the call: nothing is shown, and the next one brings it whole", async () => {
  await using setting = await openSetting();
  const stop = await beforeSyncs(setting, async () => {
    throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
  });
  await expect(ensureLarge(setting, "full")).rejects.toMatchObject({ code: "FILE_IO" });
  expect(setting.catalog.writes).toBe(0);
  expect(await filesUnder(setting.cacheDir)).not.toContainEqual(expect.stringMatching(/^(?:models|blobs)\//));
  stop();
  const localPath = await ensureLarge(setting, "full");
  const original = await readFile(join(setting.sources, "large.gguf"));
  expect(original.equals(await readFile(localPath))).toBe(true);
});
