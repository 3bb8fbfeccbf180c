import { link, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { filesBelow, sumOf } from "./files-below.ts";
import { beforeEachCall } from "./testing/fs-calls.ts";
import { testCache } from "./testing/test-cache.ts";

test("finds files, not folders or links, with the names that each has", async () => {
  await using cache = await testCache();
  await mkdir(cache.at("a", "b"), { recursive: true });
  await writeFile(cache.at("a", "b", "c"), "1234");
  await link(cache.at("a", "b", "c"), cache.at("d"));
  await symlink(cache.at("a"), cache.at("link"));
  const found = await filesBelow(cache.cacheDir);
  expect(found.map(({ path, links }) => `${path} ${links}`).toSorted()).toEqual([
    `${cache.at("a", "b", "c")} 2`,
    `${cache.at("d")} 2`,
  ]);
  expect(new Set(found.map(({ inode }) => inode)).size).toBe(1);
  expect(sumOf(found)).toBe(8);
});

test("finds nothing below what is no folder", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("file"), "");
  expect(await filesBelow(cache.at("file"))).toEqual([]);
  expect(await filesBelow(cache.at("nothing"))).toEqual([]);
});

test("a folder that goes away meanwhile takes nothing else with it", async () => {
  await using cache = await testCache();
  for (const folder of ["a", "b", "c"]) {
    await mkdir(cache.at(folder));
    await writeFile(cache.at(folder, "file"), "");
  }
  await beforeEachCall(cache.cacheDir, async ({ name, path }) => {
    if (name === "readdir" && path === "b") await rm(cache.at("b"), { recursive: true });
  });
  const found = await filesBelow(cache.cacheDir);
  expect(found.map(({ path }) => path)).toEqual([cache.at("a", "file"), cache.at("c", "file")]);
});
