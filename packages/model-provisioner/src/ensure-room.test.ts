import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openModelLock } from "@llama-orch/artifact-store";
import { freeSpace, type FetchPlan, type ModelFetcher } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { openSetting } from "./testing/setting.ts";

/** Plans a model of a size, and never gets to bring it. */
function hugeFetcher(sizeBytes: number, facts: Partial<FetchPlan> = {}): ModelFetcher<"huge"> & { fetches: number } {
  return {
    name: "huge-fetcher",
    version: "0.0.0",
    schemes: ["huge"],
    network: false,
    fetches: 0,
    plan: async (ref) => ({
      ref,
      source: "huge:x",
      location: "managed",
      kind: "file",
      files: [{ path: "x", sizeBytes }],
      ...facts,
    }),
    async fetch() {
      this.fetches += 1;
      throw new Error("fetched");
    },
  };
}

test("a model that does not fit is refused before a byte of it moves, with both figures", async () => {
  await using setting = await openSetting();
  const fetcher = hugeFetcher(2 ** 52);
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  await expect(provisioner.ensurePresentStr("huge:x")).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    category: "no-space",
    facts: { neededBytes: 2 ** 52, freeBytes: expect.any(Number) },
  });
  expect(fetcher.fetches).toBe(0);
  expect(await readdir(join(setting.cacheDir, "ingest"))).toEqual([]);
});

test("what others have begun to bring counts", async () => {
  await using setting = await openSetting();
  const other = await openModelLock(setting.cacheDir, "mem:other");
  other.tryHold();
  const free = (await freeSpace(setting.root)) ?? 0;
  await other.note({ doneBytes: 0, totalBytes: null, promised: { bytes: free, sinceMs: 1 } });
  const fetcher = hugeFetcher(1_000_000);
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  await expect(provisioner.ensurePresentStr("huge:x")).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    facts: { promisedBytes: free },
  });
  await other.release();
  await expect(provisioner.ensurePresentStr("huge:x")).rejects.toThrow("fetched");
});

test("what may share blocks with its source is let through: its size does not say what it needs", async () => {
  await using setting = await openSetting();
  const fetcher = hugeFetcher(2 ** 52, { mayShareBlocks: true });
  const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
  await expect(provisioner.ensurePresentStr("huge:x")).rejects.toThrow("fetched");
});
