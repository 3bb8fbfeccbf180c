import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFolderName } from "../cache-layout.ts";
import { names, type TestCache, testCache } from "../testing/test-cache.ts";
import { isIdFile, readIdFile, writeIdFile } from "./id-file.ts";

const id = "hf:org/repo/модель.gguf";

async function publish(cache: TestCache): Promise<string> {
  await cache.publish(id, { a: "one" });
  return join(cache.layout.models, modelFolderName(id));
}

test("the folder of a model says whose it is, for people too", async () => {
  await using cache = await testCache();
  const folder = await publish(cache);
  expect(await readIdFile(folder)).toBe(id);
  expect(await readFile(join(folder, ".id"), "utf8")).toBe(`${id}\n`);
  expect((await names(folder)).filter((name) => isIdFile(name))).toEqual([".id"]);
  expect(isIdFile("models/x/idea.gguf")).toBe(false);
});

test.each([
  ["torn", id.slice(0, 10)],
  ["empty", ""],
  ["of another model", "hf:org/other"],
])("one that is %s says nothing, and is mended by the next arrival", async (_what, content) => {
  await using cache = await testCache();
  const folder = await publish(cache);
  await writeFile(join(folder, ".id"), content);
  expect(await readIdFile(folder)).toBeUndefined();
  await publish(cache);
  expect(await readIdFile(folder)).toBe(id);
});

test("one that is missing, or a folder, or of no folder at all, says nothing", async () => {
  await using cache = await testCache();
  const folder = await publish(cache);
  await rm(join(folder, ".id"));
  expect(await readIdFile(folder)).toBeUndefined();
  await mkdir(join(folder, ".id"));
  expect(await readIdFile(folder)).toBeUndefined();
  expect(await readIdFile(join(folder, "no folder"))).toBeUndefined();
  expect(await readIdFile(cache.cacheDir)).toBeUndefined();
});

test("a folder whose name only ends like the model's is not the model's", async () => {
  await using cache = await testCache();
  const folder = cache.at(`x${modelFolderName(id)}`);
  await mkdir(folder);
  await writeIdFile(folder, id, cache.cacheDir);
  expect(await readIdFile(folder)).toBeUndefined();
});

test("two who write it at once both succeed", async () => {
  await using cache = await testCache();
  const folder = cache.at(modelFolderName(id));
  const workshops = ["one", "two"].map((name) => cache.at(name));
  for (const each of [folder, ...workshops]) await mkdir(each);
  await Promise.all(workshops.map((workshop) => writeIdFile(folder, id, workshop)));
  expect(await readIdFile(folder)).toBe(id);
  for (const workshop of workshops) expect(await names(workshop)).toEqual([]);
});
