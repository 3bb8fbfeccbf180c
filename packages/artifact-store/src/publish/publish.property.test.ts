import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { restartMachine } from "../testing/damage.ts";
import { withoutSync } from "../testing/without-sync.ts";
import { type Files, type TestCache, testCache } from "../testing/test-cache.ts";

/** Few ids, paths and contents, so that they meet often; the paths cannot be in each other's way. */
const files = fc.dictionary(
  fc.constantFrom("a", "b.gguf", "sub/a", "sub/deep/b", "другой"),
  fc.constantFrom("", "one", "two", "three", "four".repeat(100)),
  { minKeys: 1, noNullPrototype: true },
);
const step = fc.record({
  id: fc.constantFrom("mem:a", "mem:A", "hf:org/repo", "mem:a/b"),
  files,
  durability: fc.constantFrom("full", "relaxed"),
  restart: fc.boolean(),
});

test("whatever is published in whatever order, each path has exactly its bytes, and each blob what its name says", async () => {
  await withoutSync();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
      await using cache = await testCache();
      const shown = new Map<string, Files>();
      for (const [index, { id, files: artifact, durability, restart }] of steps.entries()) {
        const { localPath } = await cache.publish(id, artifact, durability);
        shown.set(localPath, artifact);
        if (restart) await restartMachine(cache.layout, `boot-${index}`).catch(() => {});
        for (const [path, content] of shown) await expectExactly(cache.at(path), content);
      }
      await expectTruthfulBlobs(cache);
      expect(await readdir(cache.layout.ingest)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

async function expectExactly(root: string, content: Files): Promise<void> {
  const found = await filesBelow(root);
  expect(found.map(({ path }) => path).toSorted()).toEqual(
    Object.keys(content)
      .map((path) => join(root, path))
      .toSorted(),
  );
  for (const [path, text] of Object.entries(content)) expect(await readFile(join(root, path), "utf8")).toBe(text);
}

async function expectTruthfulBlobs(cache: TestCache): Promise<void> {
  const blobs = await filesBelow(cache.at("blobs"));
  expect(blobs.length).toBeGreaterThan(0);
  for (const { path } of blobs) expect(hash("sha256", await readFile(path))).toBe(basename(path));
  expect(await filesBelow(cache.layout.damaged)).toEqual([]);
}
