import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freeSpace } from "@llama-orch/catalog-core";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { openReflinkDisk } from "../../../../tools/reflink-disk/reflink-disk.ts";
import { someBytes } from "../testing/copy-setting.ts";
import { cloneFile } from "./clone-file.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetcher-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a clone is made whole, or not at all, as this file system can", async () => {
  const content = someBytes(1_000_000);
  await writeFile(join(folder, "source"), content);
  const isCloned = await cloneFile(join(folder, "source"), join(folder, "target"));
  expect(existsSync(join(folder, "target"))).toBe(isCloned);
  expect(!isCloned || content.equals(await readFile(join(folder, "target")))).toBe(true);
});

test("where there are clones, one is made, and shares the blocks until it is written", async ({ skip }) => {
  const disk = await openReflinkDisk();
  if ("unavailable" in disk) return skip(disk.unavailable);
  onTestFinished(() => disk[Symbol.asyncDispose]());
  const [source, target] = [join(disk.path, "source"), join(disk.path, "target")];
  // More than half of what is free: a second copy would not fit.
  const content = someBytes(Math.round(((await freeSpace(disk.path)) ?? 0) * 0.6));
  await writeFile(source, content);
  expect(await cloneFile(source, target)).toBe(true);
  expect(content.equals(await readFile(target))).toBe(true);
  await writeFile(target, "mine", { flag: "r+" });
  expect(content.equals(await readFile(source))).toBe(true);
});

// A file system in memory, which has no clones.
test.runIf(existsSync("/dev/shm"))("where there are no clones, nothing is copied instead", async () => {
  const memory = await mkdtemp("/dev/shm/fetcher-file-");
  try {
    await writeFile(join(memory, "source"), "abc");
    expect(await cloneFile(join(memory, "source"), join(memory, "target"))).toBe(false);
    expect(existsSync(join(memory, "target"))).toBe(false);
  } finally {
    await rm(memory, { recursive: true });
  }
});

test("a clone overwrites nothing", async () => {
  await writeFile(join(folder, "source"), "new");
  await writeFile(join(folder, "target"), "old");
  expect(await cloneFile(join(folder, "source"), join(folder, "target"))).toBe(false);
  expect(await readFile(join(folder, "target"), "utf8")).toBe("old");
});

test("there is no clone of what is not there", async () => {
  expect(await cloneFile(join(folder, "absent"), join(folder, "target"))).toBe(false);
  expect(existsSync(join(folder, "target"))).toBe(false);
});
