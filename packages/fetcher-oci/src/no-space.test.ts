import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { mountSmallDisk, whyNoMount } from "../../../tools/small-disk/small-disk.ts";
import { buildArtifact, type TarEntry, tarOf } from "../../../tools/test-registry/src/index.ts";
import { openSetting, visibleFiles } from "./testing/setting.ts";

const mebibyte = 1024 * 1024;
const noMount = await whyNoMount();

/** Zeros: the archive is small, and arrives. */
const zeros = (path: string, bytes: number): TarEntry => ({ path, content: Buffer.alloc(bytes) });

describe.skipIf(noMount !== undefined)(
  `an archive for which there is no room${noMount === undefined ? "" : ` (${noMount})`}`,
  () => {
    test.for<readonly [string, readonly TarEntry[], number]>([
      ["one large file, of which its head says how large", [zeros("model.gguf", 5 * mebibyte)], 5 * mebibyte],
      ["many small files", Array.from({ length: 10 }, (_none, index) => zeros(`part-${index}`, mebibyte / 2)), 0],
      [
        "the copy of what a link leads to",
        [zeros("model.gguf", 3 * mebibyte), { path: "latest.gguf", type: "symlink", linkPath: "model.gguf" }],
        3 * mebibyte,
      ],
    ])("%s: nothing is visible, and with room it goes on", async ([, entries, neededBytes]) => {
      await using setting = await openSetting();
      await using disk = await mountSmallDisk(setting.cacheDir, "8m");
      setting.registry.pushArtifact(
        "org/model",
        "v1",
        buildArtifact({
          config: { mediaType: "application/vnd.kitops.modelkit.config.v1+json", document: {} },
          layers: [
            { mediaType: "application/vnd.kitops.modelkit.model.v1.tar+gzip", content: gzipSync(tarOf(entries)) },
          ],
          files: {},
        }),
      );
      const filler = join(disk.folder, "filler");
      await writeFile(filler, Buffer.alloc(4 * mebibyte));

      const failure = await setting.ensure("org/model:v1").catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: "FILE_NO_SPACE",
        category: "no-space",
        facts: { freeBytes: expect.any(Number) },
      });
      if (neededBytes > 0) expect(failure).toMatchObject({ facts: { neededBytes } });
      expect(await visibleFiles(setting.cacheDir)).toEqual([]);
      expect(await setting.entry("org/model:v1")).toBeUndefined();

      await rm(filler);
      await setting.ensure("org/model:v1");
      const entry = await setting.entry("org/model:v1");
      expect(entry?.files).toHaveLength(entries.length);
      const { localPath } = await setting.ensure("org/model:v1");
      if (entry?.kind === "file") expect((await readFile(localPath)).equals(Buffer.alloc(5 * mebibyte))).toBe(true);
    });
  },
);
