import { link, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { keepContent } from "../publish/keep-content.ts";
import { restartMachine } from "../testing/damage.ts";
import { sha256, type TestCache, testCache } from "../testing/test-cache.ts";
import { releaseBlobs } from "./release.ts";

/** Content that no model has, under each name that content may have. */
async function orphan(cache: TestCache, content: string): Promise<void> {
  for (const durability of ["relaxed", "full"] as const) {
    const { ingest, description } = await cache.arrive("mem:a", { a: content });
    await keepContent({ cacheDir: cache.cacheDir, ingest, description, durability });
    await ingest.discard();
  }
}

test("content that has no other name goes, under each of its names, and its bytes are counted", async () => {
  await using cache = await testCache();
  await orphan(cache, "1234");
  await restartMachine(cache.layout);
  expect(await releaseBlobs(cache.layout, [sha256("1234"), sha256("1234"), sha256("absent")])).toBe(8);
  expect(await filesBelow(cache.at("blobs"))).toEqual([]);
});

test("content that has another name stays", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "1234" });
  await orphan(cache, "5678");
  await link(cache.blob("5678"), cache.at("somewhere"));
  expect(await releaseBlobs(cache.layout, [sha256("1234"), sha256("5678")])).toBe(4);
  expect(await filesBelow(cache.layout.blobs)).toHaveLength(2);
});

test("what has the name of content and is no file is left alone, and so is what is in the way", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("mine"), "1234");
  await mkdir(dirname(cache.blob("1234")), { recursive: true });
  await symlink(cache.at("mine"), cache.blob("1234"));
  await mkdir(cache.blob("5678"), { recursive: true });
  await writeFile(dirname(cache.blob("absent")), "in the way");
  expect(await releaseBlobs(cache.layout, ["1234", "5678", "absent"].map(sha256))).toBe(0);
  expect(await readFile(cache.blob("1234"), "utf8")).toBe("1234");
});
