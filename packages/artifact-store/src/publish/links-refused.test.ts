import { chmod, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bootId } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { asPlainUser } from "../../../../tools/plain-user/as-plain-user.ts";
import type { Durability } from "../durability.ts";
import { filesBelow } from "../files-below.ts";
import { checkPresence } from "../presence.ts";
import { beforeEachCall } from "../testing/fs-calls.ts";
import { look, names, type TestCache, testCache } from "../testing/test-cache.ts";
import { type PublishedArtifact, publishArtifact } from "./publish.ts";

/** Publishes one file, and proves that it is right, and that its bytes were not copied. */
async function expectPublishedUncopied(
  cache: TestCache,
  id: string,
  durability: Durability = "full",
): Promise<PublishedArtifact> {
  const { ingest, description } = await cache.arrive(id, { a: "one" });
  const arrived = await look(join(ingest.directory, "a"));
  const arrival = { cacheDir: cache.cacheDir, id, kind: "directory", ingest, description, durability } as const;
  const published = await publishArtifact(arrival);
  const root = cache.at(published.localPath);
  expect(await look(join(root, "a"))).toMatchObject({ inode: arrived.inode, mode: 0o444, links: 1 });
  expect(await readFile(join(root, "a"), "utf8")).toBe("one");
  expect(await checkPresence({ kind: "directory", root }, published)).toBe("intact");
  expect(await filesBelow(ingest.directory)).toEqual([]);
  return published;
}

/** Another file system, one without links, one that forbids them, a file with as many names as it can have, … */
const refusals = ["EXDEV", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL", "EPERM", "EACCES", "EROFS", "EMLINK"];

test.each(refusals)("where links are refused with %s, each model has its own bytes", async (code) => {
  await using cache = await testCache();
  await cache.publish("mem:other", { a: "one" });
  await beforeEachCall(cache.cacheDir, async ({ name }) => {
    if (name === "link") throw Object.assign(new Error(`${code}: link`), { code });
  });
  await expectPublishedUncopied(cache, "mem:a");
  await expectPublishedUncopied(cache, "mem:b", "relaxed");
});

test("a file where the blobs should be: each model has its own bytes", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("blobs"), "");
  await expectPublishedUncopied(cache, "mem:a");
  await expectPublishedUncopied(cache, "mem:b", "relaxed");
});

test("a model that arrives once more uses what is there, is read, and brought to the disk if that is wanted", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("blobs"), "");
  const first = await expectPublishedUncopied(cache, "mem:a", "relaxed");
  const file = await look(cache.at(first.localPath, "a"));
  const relaxed = await cache.publish("mem:a", { a: "one" }, "relaxed");
  expect(relaxed).toEqual(first);
  expect(relaxed.unsyncedBoot).toBe(bootId());
  const full = await cache.publish("mem:a", { a: "one" });
  expect(full.unsyncedBoot).toBeUndefined();
  expect(await look(cache.at(first.localPath, "a"))).toEqual(file);
  expect(await names(cache.layout.damaged)).toEqual([]);
});

test("what is there with bytes that were not waited for stays known for that, though the blobs have them on the disk", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("blobs"), "");
  await expectPublishedUncopied(cache, "mem:a", "relaxed");
  await unlink(cache.at("blobs"));
  await cache.publish("mem:b", { b: "one" }, "full");
  expect((await cache.publish("mem:a", { a: "one" }, "relaxed")).unsyncedBoot).toBe(bootId());
});

test.skipIf(process.platform === "win32")("a folder of blobs that may not be written", async () => {
  await using cache = await testCache();
  await cache.publish("mem:other", { a: "other" });
  await chmod(cache.at("blobs"), 0o555);
  await chmod(cache.layout.blobs, 0o555);
  await cache.openToAll();
  await asPlainUser(async () => {
    await expectPublishedUncopied(cache, "mem:a");
    await expectPublishedUncopied(cache, "mem:b", "relaxed");
  });
});

test("another user's blob, which may not be linked", async ({ skip }) => {
  skip(process.geteuid?.() !== 0, "only root can play two users");
  skip((await protectedHardlinks()) !== "1", "here, everyone may link everything");
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: "one" }, "relaxed");
  await cache.openToAll();
  const theirs = await look(cache.at(localPath, "a"));
  await asPlainUser(async () => {
    await expectPublishedUncopied(cache, "mem:b");
    // What the other user has shown is used, and known to be on the disk, though no note of that can be left.
    const { unsyncedBoot } = await cache.publish("mem:a", { a: "one" }, "full");
    expect(unsyncedBoot).toBeUndefined();
  });
  expect(await look(cache.at(localPath, "a"))).toEqual(theirs);
});

async function protectedHardlinks(): Promise<string> {
  return (await readFile("/proc/sys/fs/protected_hardlinks", "latin1").catch(() => "")).trim();
}
