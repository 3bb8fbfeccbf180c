import { rm, writeFile } from "node:fs/promises";
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

const large = zeros("model.gguf", 5 * mebibyte);
const small = Array.from({ length: 10 }, (_none, index) => zeros(`part-${index}`, mebibyte / 2));
const linked = zeros("model.gguf", 3 * mebibyte);
const link: TarEntry = { path: "latest.gguf", type: "symlink", linkPath: linked.path };

describe.skipIf(noMount !== undefined)(`with too little room${noMount === undefined ? "" : ` (${noMount})`}`, () => {
  test.for([
    { what: "a large file", entries: [large], sizes: [5 * mebibyte], facts: { neededBytes: 5 * mebibyte } },
    { what: "many small files", entries: small, sizes: small.map(() => mebibyte / 2), facts: {} },
    {
      what: "the copy of what a link leads to",
      entries: [linked, link],
      sizes: [3 * mebibyte, 3 * mebibyte],
      facts: { neededBytes: 3 * mebibyte },
    },
  ])("$what of an archive: nothing is visible, and with room it is unpacked", async ({ entries, sizes, facts }) => {
    await using setting = await openSetting();
    await using disk = await mountSmallDisk(setting.cacheDir, "8m");
    setting.registry.pushArtifact(
      "org/model",
      "v1",
      buildArtifact({
        config: { mediaType: "application/vnd.kitops.modelkit.config.v1+json", document: {} },
        layers: [{ mediaType: "application/vnd.kitops.modelkit.model.v1.tar+gzip", content: gzipSync(tarOf(entries)) }],
        files: {},
      }),
    );
    const filler = join(disk.folder, "filler");
    await writeFile(filler, Buffer.alloc(4 * mebibyte));
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
      code: "FILE_NO_SPACE",
      category: "no-space",
      facts: { freeBytes: expect.any(Number), ...facts },
    });
    expect(await visibleFiles(setting.cacheDir)).toEqual([]);
    expect(await setting.entry("org/model:v1")).toBeUndefined();

    await rm(filler);
    await setting.ensure("org/model:v1");
    expect((await setting.entry("org/model:v1"))?.files.map(({ sizeBytes }) => sizeBytes)).toEqual(sizes);
  });
});
