import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { setModelAside } from "./set-model-aside.ts";
import { names, testCache } from "./testing/test-cache.ts";

test("moves one version of a model out of the way, whole, and tells where it lies", async () => {
  await using cache = await testCache();
  const damaged = await cache.publish("mem:a", { "sub/a": "one" });
  const other = await cache.publish("mem:a", { "sub/a": "two" });
  const aside = await setModelAside(cache.cacheDir, { localPath: `${damaged.localPath}/sub/a` });
  expect(dirname(String(aside))).toBe(cache.layout.damaged);
  expect(await readFile(join(String(aside), "sub", "a"), "utf8")).toBe("one");
  expect(await cache.shown("mem:a")).toEqual([other.localPath.split("/").at(-1)]);
  expect(await setModelAside(cache.cacheDir, damaged)).toBeUndefined();
});

test("refuses what lies elsewhere, whatever a record says", async () => {
  await using cache = await testCache();
  const localPath = "catalog/entries/ab";
  await expect(setModelAside(cache.cacheDir, { localPath })).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
  expect(await names(cache.layout.damaged)).toEqual([]);
});
