import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { sha256 } from "./testing/files.ts";
import { broken, haltingFetcher } from "./testing/halting-fetcher.ts";
import { openSetting, type Setting } from "./testing/setting.ts";
import { filesUnder } from "./testing/tree.ts";

const content = "0123456789";

function ingestOf({ cacheDir }: Setting): string {
  return join(cacheDir, "ingest");
}

describe("an arrival that broke off", () => {
  test("is gone on with by the next call, and leaves nothing once it is there", async () => {
    await using setting = await openSetting();
    const fetcher = haltingFetcher({ content: () => content, breaks: { 1: broken } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await expect(provisioner.ensurePresentStr("halt:x")).rejects.toMatchObject({ code: "FILE_IO" });
    expect(await readdir(setting.cacheDir)).not.toContain("models");
    const { localPath, report } = await provisioner.ensurePresentStr("halt:x");
    expect(fetcher.moved).toEqual([5, 5]);
    expect(await readFile(localPath, "utf8")).toBe(content);
    expect(report.stagedBytes).toBe(10);
    expect(await setting.catalog.get("halt:x")).toMatchObject({ provenance: { movedBytes: 5, reusedBytes: 5 } });
    expect(await readdir(ingestOf(setting))).toEqual([]);
  });

  test("by an abort: what had arrived is kept", async () => {
    await using setting = await openSetting();
    const reason = new Error("enough");
    const controller = new AbortController();
    const abort = (): unknown => {
      controller.abort(reason);
      return reason;
    };
    const fetcher = haltingFetcher({ content: () => content, breaks: { 1: abort } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    const { signal } = controller;
    await expect(provisioner.ensurePresentStr("halt:x", undefined, { signal })).rejects.toBe(reason);
    await expect.poll(() => filesUnder(ingestOf(setting))).toHaveLength(2);
    await provisioner.ensurePresentStr("halt:x");
    expect(fetcher.moved).toEqual([5, 5]);
  });

  test("begins anew when the source has another version by then, and the old part goes", async () => {
    await using setting = await openSetting();
    let revision = "r1";
    const fetcher = haltingFetcher({
      content: () => content,
      revision: () => revision,
      breaks: { 1: broken, 2: broken },
    });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await expect(provisioner.ensurePresentStr("halt:x")).rejects.toMatchObject({ code: "FILE_IO" });
    revision = "r2";
    await expect(provisioner.ensurePresentStr("halt:x")).rejects.toMatchObject({ code: "FILE_IO" });
    expect(await readdir(ingestOf(setting))).toHaveLength(1);
    await provisioner.ensurePresentStr("halt:x");
    expect(fetcher.moved).toEqual([5, 5, 5]);
  });

  test.each([
    ["the caller's digest", undefined, sha256(content)],
    ["the source's digest", () => sha256(content), undefined],
  ])(
    "whose left part is wrong, as %s tells in the end, begins once more from nothing",
    async (_by, digest, expected) => {
      await using setting = await openSetting();
      const fetcher = haltingFetcher({ content: () => content, breaks: { 1: broken }, ...(digest && { digest }) });
      const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
      await expect(provisioner.ensurePresentStr("halt:x", expected)).rejects.toMatchObject({ code: "FILE_IO" });
      await damageLeftovers(setting);
      const { localPath } = await provisioner.ensurePresentStr("halt:x", expected);
      expect(fetcher.moved).toEqual([5, 5, 10]);
      expect(await readFile(localPath, "utf8")).toBe(content);
    },
  );

  test("without room: gives back what it had taken", async () => {
    await using setting = await openSetting();
    const full = (): unknown => fileError("FILE_NO_SPACE", { message: "Full.", hint: "Free some.", facts: {} });
    const fetcher = haltingFetcher({ content: () => content, breaks: { 1: full } });
    const provisioner = new ModelProvisioner(setting.catalog, fetcher, setting.listening);
    await expect(provisioner.ensurePresentStr("halt:x")).rejects.toMatchObject({
      code: "FILE_NO_SPACE",
      facts: { neededBytes: 10, freeBytes: expect.any(Number) },
    });
    expect(await readdir(ingestOf(setting))).toEqual([]);
  });
});

async function damageLeftovers(setting: Setting): Promise<void> {
  const [part] = (await filesUnder(ingestOf(setting))).filter((path) => path.endsWith("x.gguf"));
  await writeFile(join(ingestOf(setting), String(part)), "#####");
}
