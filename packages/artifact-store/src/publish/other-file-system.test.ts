import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { checkPresence } from "../presence.ts";
import { mountAt, whyNoMount } from "../testing/mount.ts";
import { look, record, testCache } from "../testing/test-cache.ts";
import { publishArtifact } from "./publish.ts";

const noMount = whyNoMount();

test("blobs on another file system are not shared, and nothing is copied", async ({ skip }) => {
  skip(noMount !== undefined, noMount);
  await using cache = await testCache();
  using mounted = mountAt(cache.at("blobs"));
  for (const [id, durability] of [
    ["mem:a", "full"],
    ["mem:b", "relaxed"],
  ] as const) {
    const { ingest, description } = await cache.arrive(id, { a: "one" });
    const { inode } = await look(join(ingest.directory, "a"));
    const arrival = { cacheDir: cache.cacheDir, id, kind: "directory", ingest, description, durability } as const;
    const published = await publishArtifact(arrival);
    const root = cache.at(published.localPath);
    expect(await look(join(root, "a"))).toMatchObject({ inode, links: 1 });
    expect(await checkPresence({ kind: "directory", root }, published)).toBe("intact");
  }
  expect(await filesBelow(mounted.folder)).toEqual([]);
});

test("models on another file system are refused with what to do; nothing is shown, and what has arrived stays", async ({
  skip,
}) => {
  skip(noMount !== undefined, noMount);
  await using cache = await testCache();
  using mounted = mountAt(cache.layout.models);
  const { ingest, description } = await cache.arrive("mem:a", { a: "one" });
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", kind: "directory", ingest, description } as const;
  await expect(publishArtifact(arrival)).rejects.toMatchObject({
    code: "FILE_NOT_WRITABLE",
    message: expect.stringContaining(cache.layout.models),
    hint: expect.stringContaining("MODEL_PROVISIONER_CACHE"),
    facts: { path: cache.layout.models, systemCode: "EXDEV" },
  });
  expect(await cache.shown("mem:a")).toEqual([]);
  expect(await filesBelow(mounted.folder)).toEqual([]);
  expect(await filesBelow(ingest.directory)).toMatchObject([{ sizeBytes: record("a", "one").sizeBytes }]);
});
