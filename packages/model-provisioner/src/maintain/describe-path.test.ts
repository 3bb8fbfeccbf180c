import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { placeFile, sha256 } from "../testing/files.ts";
import { openSetting } from "../testing/setting.ts";
import { describePath } from "./describe-path.ts";

describe("describePath", () => {
  test
    .skipIf(process.platform === "win32")
    .each(["model:Q4.gguf", "hf:org", "file:a.gguf", "a%20b%zz", "~", "-a", "C:\\a.gguf"])(
    "takes %j for the path that it is, absolute and relative",
    async (name) => {
      await using setting = await openSetting();
      const path = await placeFile(setting.sources, name, "abc");
      for (const text of [path, relative(process.cwd(), path)]) {
        expect(await describePath(text)).toMatchObject({ kind: "file", sizeBytes: 3, digest: sha256("abc") });
      }
    },
  );

  test.skipIf(process.platform === "win32")("takes a bare name for a file of the working folder", async () => {
    await using setting = await openSetting();
    const before = process.cwd();
    await mkdir(join(setting.sources, "hf:org"));
    await placeFile(join(setting.sources, "hf:org"), "model:Q4.gguf", "abc");
    await placeFile(setting.sources, "model:Q4.gguf", "abc");
    try {
      process.chdir(setting.sources);
      expect(await describePath("model:Q4.gguf")).toMatchObject({ kind: "file", digest: sha256("abc") });
      expect(await describePath("hf:org")).toMatchObject({ kind: "directory", files: [{ path: "model:Q4.gguf" }] });
    } finally {
      process.chdir(before);
    }
  });

  test("says of a path without a file that there is none, also when it looks like a reference", async () => {
    await expect(describePath("hf:org/repo/model.gguf")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test.each(["", " "])("refuses the empty path %j", async (path) => {
    await expect(describePath(path)).rejects.toMatchObject({ code: "REF_INVALID" });
  });
});
