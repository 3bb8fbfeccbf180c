import { mkdtemp, open, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { hashFile } from "./hash-file.ts";
import { hashGrowingFile } from "./hash-growing-file.ts";

const noThread = new Error("no thread can be started");
vi.mock("./hash-pool.ts", () => ({
  takePlace() {
    throw noThread;
  },
}));

test.skipIf(process.platform !== "linux")("a hash that cannot begin leaves no file open", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hashing-"));
  const path = join(folder, "file");
  await writeFile(path, Buffer.alloc(1_000_000));
  // Shows that an open file would be seen.
  const file = await open(path);
  expect(await openFiles()).toContain(path);
  await file.close();

  await expect(hashGrowingFile(path)).rejects.toBe(noThread);
  await expect(hashFile(path)).rejects.toBe(noThread);
  expect(await openFiles()).not.toContain(path);
  await rm(folder, { recursive: true });
});

async function openFiles(): Promise<string[]> {
  const numbers = await readdir("/proc/self/fd");
  return Promise.all(numbers.map((number) => readlink(`/proc/self/fd/${number}`).catch(() => "")));
}
