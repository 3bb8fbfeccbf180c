import { readFile, stat, symlink, unlink, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { asPlainUser } from "../../../../tools/plain-user/as-plain-user.ts";
import { filesBelow } from "../files-below.ts";
import { checkPresence } from "../presence.ts";
import { look, names, sha256, testCache } from "../testing/test-cache.ts";
import { distrustFile } from "./distrust.ts";

test.each(["full", "relaxed"] as const)(
  "nobody is given these bytes any more, and who has them reads them again (%s)",
  async (how) => {
    await using cache = await testCache();
    const published = await cache.publish("mem:a", { a: "one" }, how);
    const other = await cache.publish("mem:b", { b: "one" }, how);
    const unrelated = await cache.publish("mem:c", { c: "two" }, how);
    await distrustFile(cache.cacheDir, cache.at(published.localPath, "a"), sha256("one"));

    const presence = (shown: typeof other) =>
      checkPresence({ kind: "directory", root: cache.at(shown.localPath) }, shown);
    expect(await presence(published)).toBe("changed");
    expect(await presence(other)).toBe("changed");
    expect(await presence(unrelated)).toBe("intact");
    expect(await names(cache.layout.damaged)).toHaveLength(1);
    const next = await cache.publish("mem:d", { d: "one" }, how);
    expect((await look(cache.at(next.localPath, "d"))).links).toBe(2);
    expect(await readFile(cache.at(other.localPath, "b"), "utf8")).toBe("one");
  },
);

test("a blob that is another file keeps its name", async () => {
  await using cache = await testCache();
  const published = await cache.publish("mem:a", { a: "one" });
  await unlink(cache.blob("one"));
  await cache.publish("mem:b", { b: "one" });
  await distrustFile(cache.cacheDir, cache.at(published.localPath, "a"), sha256("one"));
  expect((await look(cache.blob("one"))).links).toBe(2);
});

test("a symbolic link in the model's place is not followed", async () => {
  await using cache = await testCache();
  await writeFile(cache.at("mine"), "mine");
  await symlink(cache.at("mine"), cache.at("link"));
  const before = await stat(cache.at("mine"), { bigint: true });
  await distrustFile(cache.cacheDir, cache.at("link"), sha256("mine"));
  expect((await stat(cache.at("mine"), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
});

test("a file that is gone, or a cache that may not be written, is no error", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: "one" });
  await distrustFile(cache.cacheDir, cache.at(localPath, "b"), sha256("one"));
  await asPlainUser(async () => {
    await distrustFile(cache.cacheDir, cache.at(localPath, "a"), sha256("one"));
  });
  expect(await filesBelow(cache.cacheDir)).toHaveLength(3);
});

test("where the blob cannot be moved, the file still looks changed", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: "one" });
  await writeFile(cache.layout.damaged, "in the way");
  await distrustFile(cache.cacheDir, cache.at(localPath, "a"), sha256("one"));
  expect((await look(cache.at(localPath, "a"))).modified).not.toBe("2000-01-01T00:00:00.000Z");
});
