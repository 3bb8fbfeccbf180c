import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { modelFolderName } from "./cache-layout.ts";
import { readIdFile } from "./publish/id-file.ts";
import { testCache } from "./testing/test-cache.ts";

test.each([
  ["mem:a/b-c", "mem:a-b/c"],
  ["mem:Model", "mem:model"],
  ["mem:é", "mem:e\u0301"],
  [`mem:${"long/".repeat(2_000)}a`, `mem:${"long/".repeat(2_000)}b`],
])("%.40s and %.40s are two models, also where case is folded", async (a, b) => {
  await using cache = await testCache();
  const [one, two] = [await cache.publish(a, { x: "one" }), await cache.publish(b, { x: "two" })];
  const [folder, other] = [one, two].map(({ localPath }) => localPath.split("/")[1]?.toLowerCase());
  expect(folder).not.toBe(other);
  for (const [{ localPath }, content, id] of [
    [one, "one", a],
    [two, "two", b],
  ] as const) {
    expect(await readFile(cache.at(localPath, "x"), "utf8")).toBe(content);
    expect(await readIdFile(cache.at(localPath, ".."))).toBe(id);
  }
});

test("a folder's name is short, portable and visible, and tells what it is of", () => {
  const text = fc.array(fc.nat(0xffff), { maxLength: 400 }).map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(
      text.map(modelFolderName),
      (name) => /^[A-Za-z0-9._-]{0,120}-[0-9a-f]{16}$/.test(name) && !name.startsWith("."),
    ),
  );
  expect(modelFolderName("./hidden")).toMatch(/^hidden-/);
  expect(modelFolderName("hf:Org/repo/Model Q4.gguf")).toMatch(/^hf_Org_repo_Model_Q4\.gguf-[0-9a-f]{16}$/);
});

test("names of 255 bytes, in several scripts, are those that the artifact has", async () => {
  await using cache = await testCache();
  const [long, cyrillic, cjk] = ["x".repeat(255), `${"я".repeat(127)}x`, "模".repeat(85)];
  expect([long, cyrillic, cjk].map((name) => Buffer.byteLength(name))).toEqual([255, 255, 255]);
  const { localPath } = await cache.publish("mem:a", { [long]: "one", [`${cyrillic}/${cjk}`]: "two" });
  expect(await readFile(cache.at(localPath, long), "utf8")).toBe("one");
  expect(await readFile(cache.at(localPath, cyrillic, cjk), "utf8")).toBe("two");
});
