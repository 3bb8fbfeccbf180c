import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { restartMachine } from "../testing/damage.ts";
import { expectOrder, recordCalls } from "../testing/fs-calls.ts";
import { look, testCache } from "../testing/test-cache.ts";
import { settleUnsynced } from "./settle-unsynced.ts";

test.each(["this boot", "another boot"])("what %s did not wait for is named as what is on the disk", async (boot) => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { a: "one", "b/c": "two" }, "relaxed");
  if (boot === "another boot") await restartMachine(cache.layout);
  const artifact = { kind: "directory", root: cache.at(localPath) } as const;
  await settleUnsynced(cache.cacheDir, artifact, files);
  expect(await look(cache.blob("one"))).toEqual(await look(cache.at(localPath, "a")));
  expect(await look(cache.blob("two"))).toMatchObject({ links: 2 });
  expect(await filesBelow(cache.layout.unsynced)).toEqual([]);
  await settleUnsynced(cache.cacheDir, artifact, files);
  expect(await look(cache.blob("one"))).toMatchObject({ links: 2 });
});

test("files are on the disk before they are named so, and every folder that leads to them is too", async () => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { "b/c": "two" }, "relaxed");
  const calls = await recordCalls(cache.cacheDir);
  await settleUnsynced(cache.cacheDir, { kind: "directory", root: cache.at(localPath) }, files);
  const version = localPath;
  const model = version.split("/").slice(0, 2).join("/");
  expectOrder(calls, [new RegExp(`^sync ${version}/b/c$`), /^link blobs\/sha256\//]);
  const folders = [`${version}/b`, version, model, "models", ""].map((folder) => `sync ${folder}`);
  expect(calls).toEqual(expect.arrayContaining(folders));
});

test("a single file is named by its own path", async () => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { a: "one" }, "relaxed");
  const calls = await recordCalls(cache.cacheDir);
  await settleUnsynced(cache.cacheDir, { kind: "file", root: cache.at(localPath, "a") }, files);
  expect((await look(cache.blob("one"))).links).toBe(2);
  expect(calls).toContain(`sync ${localPath.split("/").slice(0, 2).join("/")}`);
});

test("a file that is gone is a typed error", async () => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { a: "one" }, "relaxed");
  const root = cache.at(localPath);
  await rm(root, { recursive: true });
  await expect(settleUnsynced(cache.cacheDir, { kind: "directory", root }, files)).rejects.toMatchObject({
    code: "FILE_NOT_WRITABLE",
  });
});
