import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Copying, startCopying } from "./testing/copying.ts";
import { placeFile } from "./testing/files.ts";
import { entriesOf, openSetting, type Setting } from "./testing/setting.ts";
import { assertTidy } from "./testing/sound-cache.ts";

const mebibyte = 1024 * 1024;
/** Some parts of a copy, so that there is a middle. */
const weights = "0123456789abcdef".repeat((3 * mebibyte) / 16);
const patience = { timeout: 100_000, interval: 50 };
/** Whoever waits does so for ever, as far as these tests go. */
const never = 3_600_000;

describe("processes that copy one file at the same time", { timeout: 120_000 }, () => {
  test("32 of them: exactly one brings it, and all get it", async () => {
    await using setting = await openSetting();
    await placeFile(setting.root, "model.gguf", weights);
    const all = Array.from({ length: 32 }, () => start(setting));
    await expect.poll(() => telling(all, "wait-started"), patience).toBe(31);
    await writeFile(join(setting.root, "go"), "");
    await assertOnePath(all);
    for (const event of ["fetch-started", "model-published"]) expect(telling(all, event)).toBe(1);
    expect(await entriesOf(new FsCatalog(setting.cacheDir))).toHaveLength(1);
    await assertTidy(setting.cacheDir, "in the end");
  });

  test("when the one that brings it is killed while 31 wait: one of them goes on where it was, and all get it", async () => {
    await using setting = await openSetting();
    await placeFile(setting.root, "model.gguf", weights);
    const all = Array.from({ length: 32 }, () => start(setting));
    await expect.poll(() => telling(all, "wait-started"), patience).toBe(31);
    const [holder] = all.filter((one) => one.isHalfway());
    if (holder === undefined) throw new Error("none of them works");
    holder.child.kill("SIGKILL");
    const others = all.filter((one) => one !== holder);
    await expect.poll(() => telling(others, "fetch-started"), patience).toBe(1);
    await writeFile(join(setting.root, "go"), "");
    await assertOnePath(others);
    for (const event of ["fetch-started", "model-published"]) expect(telling(others, event)).toBe(1);
    expect(telling(others, "wait-given-up")).toBe(0);
    const reused = others.flatMap(({ messages }) => messages.flatMap(({ reusedBytes = [] }) => reusedBytes));
    expect(reused).toEqual([expect.toSatisfy((bytes: number) => bytes >= mebibyte / 2)]);
    await assertTidy(setting.cacheDir, "in the end");
  });

  test.skipIf(process.platform === "win32")(
    "when the one that brings it is stopped, another does; continued, it ends with the same file, which is as it was",
    async () => {
      await using setting = await openSetting();
      await placeFile(setting.root, "model.gguf", weights);
      const holder = start(setting);
      await expect.poll(() => holder.isHalfway(), patience).toBe(true);
      holder.child.kill("SIGSTOP");
      const other = start(setting, 500);
      await expect.poll(() => other.told("wait-given-up") && other.isHalfway(), patience).toBe(true);
      await writeFile(join(setting.root, "go"), "");
      const path = String(await other.done);
      const published = await look(path);
      expect(await readFile(path, "utf8")).toBe(weights);

      holder.child.kill("SIGCONT");
      expect(await holder.done).toBe(path);
      expect(telling([holder, other], "fetch-started")).toBe(2);
      expect(await look(path)).toEqual(published);
      expect(await readFile(path, "utf8")).toBe(weights);
      await assertTidy(setting.cacheDir, "in the end");
    },
  );
});

function start({ cacheDir, root }: Setting, stalledHolderMs = never): Copying {
  const copying = startCopying(cacheDir, root, stalledHolderMs);
  onTestFinished(() => void copying.child.kill("SIGKILL"));
  return copying;
}

/** How many of them have told of an event. */
function telling(all: readonly Copying[], event: string): number {
  return all.filter((one) => one.told(event)).length;
}

async function assertOnePath(all: readonly Copying[]): Promise<void> {
  const paths = await Promise.all(all.map(({ done }) => done));
  expect(new Set(paths)).toEqual(new Set([expect.stringMatching(/model\.gguf$/)]));
  expect(await readFile(String(paths[0]), "utf8")).toBe(weights);
}

/** What no later write leaves as it is. */
async function look(path: string): Promise<Readonly<Record<string, bigint>>> {
  const { ino, size, mode, mtimeNs } = await stat(path, { bigint: true });
  return { ino, size, mode, mtimeNs };
}
