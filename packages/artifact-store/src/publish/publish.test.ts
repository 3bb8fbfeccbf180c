import { chmod, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { checkPresence } from "../presence.ts";
import { fill, look, names, testCache } from "../testing/test-cache.ts";
import { publishArtifact } from "./publish.ts";

test("shows a tree whole, read-only, with stats that prove it", async () => {
  await using cache = await testCache();
  const { localPath, files } = await cache.publish("mem:a", { "a.gguf": "one", "sub/b.gguf": "two" });
  const root = cache.at(localPath);
  expect(await readFile(join(root, "sub", "b.gguf"), "utf8")).toBe("two");
  expect(await look(join(root, "a.gguf"))).toMatchObject({ mode: 0o444, modified: "2000-01-01T00:00:00.000Z" });
  expect((await look(join(root, "sub"))).mode).toBe(0o755);
  expect((await look(root)).mode).toBe(0o755);
  expect(await checkPresence({ kind: "directory", root }, { files })).toBe("intact");
  expect(await names(cache.layout.ingest)).toEqual([]);
});

test("a single file is named itself", async () => {
  await using cache = await testCache();
  const { ingest, description } = await cache.arrive("mem:a", { "a.gguf": "one" });
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  const { localPath } = await publishArtifact({ ...arrival, kind: "file" });
  expect(localPath).toMatch(/^models\/mem_a-[0-9a-f]{16}\/[0-9a-f]{16}\/a\.gguf$/);
  expect(await readFile(cache.at(localPath), "utf8")).toBe("one");
});

test("shows the artifact's files and nothing else that a tool has left beside them", async () => {
  await using cache = await testCache();
  const { ingest, description } = await cache.arrive("mem:a", { "a.gguf": "one" });
  await writeFile((await ingest.target(".cache/token.lock")).path, "litter");
  await symlink("/etc/hosts", join(ingest.directory, "evil"));
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  const { localPath } = await publishArtifact({ ...arrival, kind: "directory" });
  expect(await readdir(cache.at(localPath))).toEqual(["a.gguf"]);
});

test("a link that has arrived in place of a file is refused, and what it leads to is not touched", async () => {
  await using cache = await testCache();
  const mine = cache.at("mine.gguf");
  await writeFile(mine, "mine", { mode: 0o644 });
  const before = await stat(mine, { bigint: true });
  const ingest = await openIngest(cache.cacheDir, "mem:a", { holdsLock: false });
  const description = await fill(ingest, { "a.gguf": "mine" });
  const { path } = await ingest.target("b.gguf");
  await symlink(mine, path);
  const files = description.files.map((file) => ({ ...file, path: "b.gguf" }));
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description: { ...description, files } };
  await expect(publishArtifact({ ...arrival, kind: "file" })).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
  const after = await stat(mine, { bigint: true });
  expect({ mode: after.mode, mtime: after.mtimeNs }).toEqual({ mode: before.mode, mtime: before.mtimeNs });
});

test("a file that a tool has left read-only is taken all the same", async () => {
  await using cache = await testCache();
  const { ingest, description } = await cache.arrive("mem:a", { a: "one" });
  await chmod(join(ingest.directory, "a"), 0o400);
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  const { localPath } = await publishArtifact({ ...arrival, kind: "file" });
  expect((await look(cache.at(localPath))).mode).toBe(0o444);
});

test("gives other bytes of the same model another folder", async () => {
  await using cache = await testCache();
  const one = await cache.publish("mem:a", { a: "one" });
  const two = await cache.publish("mem:a", { a: "two" });
  expect(one.localPath).not.toBe(two.localPath);
  expect(await readFile(cache.at(one.localPath, "a"), "utf8")).toBe("one");
});

test("bytes that have changed since they were described are neither shown nor named by what they were", async () => {
  await using cache = await testCache();
  const { ingest, description } = await cache.arrive("mem:a", { a: "one" });
  await writeFile(join(ingest.directory, "a"), "three");
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  await expect(publishArtifact({ ...arrival, kind: "file" })).rejects.toMatchObject({ code: "FILE_CHANGED" });
  expect(await filesBelow(cache.layout.blobs)).toEqual([]);
  expect(await cache.shown("mem:a")).toEqual([]);
});

test("where the model's folder cannot be made, that is said, and what has arrived stays for the next attempt", async () => {
  await using cache = await testCache();
  const ingest = await openIngest(cache.cacheDir, "mem:a", { holdsLock: true });
  const description = await fill(ingest, { a: "one" });
  await writeFile(cache.layout.models, "in the way");
  const arrival = { cacheDir: cache.cacheDir, id: "mem:a", ingest, description };
  await expect(publishArtifact({ ...arrival, kind: "file" })).rejects.toMatchObject({ code: "CATALOG_DIR_INVALID" });
  await ingest.keep();
  const again = await openIngest(cache.cacheDir, "mem:a", { holdsLock: true });
  expect((await again.target("a")).existingBytes).toBe(3);
});
