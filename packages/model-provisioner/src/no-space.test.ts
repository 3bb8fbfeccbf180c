import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { describe, expect, test } from "vitest";
import { interceptFs } from "../../../tools/crash-harness/src/index.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile } from "./testing/files.ts";
import { assertGivenBack, openSmallCache } from "./testing/small-cache.ts";
import { whyNoMount } from "../../../tools/small-disk/small-disk.ts";
import { assertTidy } from "./testing/sound-cache.ts";
import { cacheOf, ensureStep, takeStep } from "./testing/steps.ts";

const noMount = await whyNoMount();

const weights = "0123456789".repeat(5_000);
const sources = { "model.gguf": weights, "folder/config.json": "{}", "folder/weights": weights };

describe("without room", () => {
  test("a model that does not fit is refused before a byte of it is written, with both figures", async ({ skip }) => {
    skip(noMount !== undefined, noMount);
    await using cache = await openSmallCache(sources);
    const { root, disk } = cache;
    await placeFile(root, "large.gguf", "x".repeat(2_000_000));
    const freeBytes = disk.freeBytes();
    await expect(ensureStep(root, { do: "ensure", reference: "large.gguf" })).rejects.toMatchObject({
      code: "FILE_NO_SPACE",
      category: "no-space",
      facts: {
        neededBytes: 2_000_000,
        freeBytes: expect.toSatisfy((bytes: number) => bytes > 0 && bytes <= freeBytes),
      },
    });
    await assertGivenBack(cache, { freeBytes, entries: 0 });
    await ensureStep(root, { do: "ensure", reference: "model.gguf" });
  });

  test("a copy whose disk is filled by others meanwhile says how much it lacked; given room, the next one succeeds", async ({
    skip,
  }) => {
    skip(noMount !== undefined, noMount);
    await using cache = await openSmallCache({}, "8m");
    const { root, disk } = cache;
    const content = "0123456789abcdef".repeat(200_000);
    await placeFile(root, "large.gguf", content);
    const freeBytes = disk.freeBytes();
    const provisioner = new ModelProvisioner(cacheOf(root), fileFetcher({ stage: "copy" }), {
      cwd: root,
      onEvent: ({ type }) => {
        if (type === "fetch-progress" && disk.freeBytes() > 0) disk.fill();
      },
    });
    await expect(provisioner.ensurePresentStr("large.gguf")).rejects.toMatchObject({
      category: "no-space",
      facts: {
        neededBytes: expect.toSatisfy((bytes: number) => bytes > 0 && bytes < content.length),
        freeBytes: expect.any(Number),
      },
    });
    disk.giveBack();
    await assertGivenBack(cache, { freeBytes, entries: 0 });
    const { localPath } = await ensureStep(root, { do: "ensure", reference: "large.gguf" });
    expect(await readFile(localPath, "utf8")).toBe(content);
  });

  test("calls that share an arrival are all told, and none is given what the first of them had to take back", async ({
    skip,
  }) => {
    skip(noMount !== undefined, noMount);
    await using cache = await openSmallCache(sources);
    const { root, disk } = cache;
    const freeBytes = disk.freeBytes();
    // Full when the first call writes its record, and with room again when the second one comes to that.
    const stop = await interceptFs(join(disk.folder, "catalog", "tmp"), ({ name }) => {
      if (name === "open") disk.fill();
      return undefined;
    });
    const provisioner = new ModelProvisioner(cacheOf(root), fileFetcher({ stage: "copy" }), {
      cwd: root,
      onEvent: ({ type }) => {
        if (type !== "ensure-failed") return;
        stop();
        disk.giveBack();
      },
    });
    const calls = [provisioner.ensurePresentStr("model.gguf"), provisioner.ensurePresentStr("model.gguf")];
    const failed = { status: "rejected", reason: expect.objectContaining({ code: "CATALOG_NO_SPACE" }) };
    expect(await Promise.allSettled(calls)).toEqual([failed, failed]);
    await assertGivenBack(cache, { freeBytes, entries: 0 });
    const { localPath } = await provisioner.ensurePresentStr("model.gguf");
    expect(await readFile(localPath, "utf8")).toBe(weights);
  });

  test.for(["model.gguf", "folder"])("a model can be removed, and so can garbage (%s)", async (reference, { skip }) => {
    skip(noMount !== undefined, noMount);
    await using cache = await openSmallCache(sources);
    const { root, disk } = cache;
    const freeBytes = disk.freeBytes();
    await takeStep(root, { do: "ensure", reference });
    await mkdir(join(disk.folder, "damaged"));
    await placeFile(join(disk.folder, "damaged"), "anything", weights);
    disk.fill();
    await takeStep(root, { do: "remove", reference });
    await takeStep(root, { do: "collect" });
    disk.giveBack();
    await assertTidy(disk.folder, "in the end");
    await assertGivenBack(cache, { freeBytes, entries: 0 });
  });
});
