import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ingest } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mountSmallDisk, type SmallDisk, whyNoMount } from "../../../../tools/small-disk/small-disk.ts";
import { type CopySetting, copySetting, largeBytes, sha256, someBytes } from "../testing/copy-setting.ts";

const content = someBytes(largeBytes);
let setting: CopySetting;
let disk: SmallDisk;

const noMount = await whyNoMount();

describe.skipIf(noMount !== undefined)(
  `on a disk that is too small${noMount === undefined ? "" : ` (${noMount})`}`,
  () => {
    beforeEach(async () => {
      setting = await copySetting();
    });
    afterEach(async () => {
      await disk[Symbol.asyncDispose]();
      await setting.dispose();
    });

    /** The ingest lies on a disk of this many MiB. */
    async function mountDisk(mebibytes: number): Promise<void> {
      disk = await mountSmallDisk(join(setting.temp.root, "disk"), `${mebibytes}m`);
      const { folder } = disk;
      const target: Ingest["target"] = async (path) => ({
        path: join(folder, "tree", path),
        journalPath: join(folder, "journal"),
        existingBytes: (await readFile(join(folder, "tree", path)).catch(() => "")).length,
      });
      await mkdir(join(folder, "tree"));
      setting.ingest = { directory: join(folder, "tree"), present: new Set(), target };
    }

    /** Takes what is left of the disk. */
    function fillOnce(): () => void {
      let isFull = false;
      return () => {
        if (!isFull) disk.fill();
        isFull = true;
      };
    }

    test("nothing is copied when not all of it fits", async () => {
      await mountDisk(1);
      const path = await setting.place("model.gguf", content);
      await expect(setting.copy(path)).rejects.toMatchObject({
        code: "FILE_NO_SPACE",
        category: "no-space",
        facts: { path: join(disk.folder, "tree"), neededBytes: largeBytes, freeBytes: expect.any(Number) },
      });
      expect(existsSync(await setting.target("model.gguf"))).toBe(false);
    });

    test("all files of a folder are added up, without those that are present", async () => {
      await mountDisk(1);
      for (const name of ["a", "b", "c"]) await setting.place(`model/${name}`, someBytes(600_000, name));
      setting.ingest = { ...setting.ingest, present: new Set(["a"]) };
      await expect(setting.copy(setting.path("model"))).rejects.toMatchObject({
        code: "FILE_NO_SPACE",
        facts: { neededBytes: 1_200_000 },
      });
    });

    test.each([200_000, largeBytes])(
      "one that is full before the first of %d bytes says how many are missing",
      async (length) => {
        await mountDisk(8);
        const path = await setting.place("model.gguf", someBytes(length));
        disk.fill();
        await expect(setting.copy(path)).rejects.toMatchObject({
          code: "FILE_NO_SPACE",
          facts: { neededBytes: length, freeBytes: 0 },
        });
      },
    );

    test("one that somebody else fills meanwhile says how many are missing, and what is copied is gone on with", async () => {
      await mountDisk(8);
      const path = await setting.place("model.gguf", content);
      const target = await setting.target("model.gguf");
      const failure = await setting.copy(path, { onProgress: fillOnce() }).catch((error: unknown) => error);
      const keptBytes = (await readFile(target)).length;
      expect(keptBytes).toBeGreaterThan(0);
      expect(failure).toMatchObject({
        code: "FILE_NO_SPACE",
        message: expect.stringContaining(target),
        facts: { path: target, systemCode: "ENOSPC", freeBytes: 0, neededBytes: largeBytes - keptBytes },
      });

      disk.giveBack();
      const { files, movedBytes, reusedBytes } = await setting.copy(path);
      expect(files[0]?.digests).toEqual([sha256(content)]);
      expect([movedBytes, reusedBytes]).toEqual([largeBytes - keptBytes, keptBytes]);
    });

    test("what an earlier attempt left needs no room again", async () => {
      await mountDisk(6);
      const path = await setting.place("model.gguf", content);
      await setting.copyFirstPart(path);
      const { reusedBytes } = await setting.copy(path);
      expect(reusedBytes).toBeGreaterThan(0);
    });
  },
);
