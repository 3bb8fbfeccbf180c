import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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
