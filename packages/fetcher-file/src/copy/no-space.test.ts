import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ingest } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type CopySetting, copySetting, largeBytes, sha256, someBytes } from "../testing/copy-setting.ts";

const content = someBytes(largeBytes);
let setting: CopySetting;
let disk: string;

// A file system that is full at a known number of bytes takes a mount, and that takes root on Linux.
describe.skipIf(!mayMount())("on a disk that is too small", () => {
  beforeEach(async () => {
    setting = await copySetting();
    disk = join(setting.temp.root, "disk");
    await mkdir(disk);
  });
  afterEach(async () => {
    execFileSync("umount", [disk]);
    await setting.dispose();
  });

  /** The ingest lies on a disk of this many MiB. */
  async function mountDisk(mebibytes: number): Promise<void> {
    mount(disk, mebibytes);
    const target: Ingest["target"] = async (path) => ({
      path: join(disk, "tree", path),
      journalPath: join(disk, "journal"),
      existingBytes: (await readFile(join(disk, "tree", path)).catch(() => "")).length,
    });
    await mkdir(join(disk, "tree"));
    setting.ingest = { directory: join(disk, "tree"), present: new Set(), target };
  }

  /** Takes what is left of the disk. */
  function fill(): void {
    try {
      writeFileSync(join(disk, "filler"), Buffer.alloc(64 * 1024 * 1024));
    } catch {
      // As much of it as there was room for.
    }
  }

  test("nothing is copied when not all of it fits", async () => {
    await mountDisk(1);
    const path = await setting.place("model.gguf", content);
    await expect(setting.copy(path)).rejects.toMatchObject({
      code: "FILE_NO_SPACE",
      category: "no-space",
      facts: { path: join(disk, "tree"), neededBytes: largeBytes, freeBytes: expect.any(Number) },
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
      fill();
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
    const failure = await setting.copy(path, { onProgress: fill }).catch((error: unknown) => error);
    const keptBytes = (await readFile(target)).length;
    expect(keptBytes).toBeGreaterThan(0);
    expect(failure).toMatchObject({
      code: "FILE_NO_SPACE",
      message: expect.stringContaining(target),
      facts: { path: target, systemCode: "ENOSPC", freeBytes: 0, neededBytes: largeBytes - keptBytes },
    });

    await rm(join(disk, "filler"));
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
});

function mayMount(): boolean {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "fetcher-file-mount-"));
  try {
    mount(folder, 1);
    execFileSync("umount", [folder]);
    return true;
  } catch {
    // Root of a container need not be allowed to.
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function mount(folder: string, mebibytes: number): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "ignore" });
}
