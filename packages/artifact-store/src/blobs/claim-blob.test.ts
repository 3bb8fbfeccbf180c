import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rename, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { asPlainUser } from "../../../../tools/plain-user/as-plain-user.ts";
import { filesBelow } from "../files-below.ts";
import { checkPresence } from "../presence.ts";
import { aByteLess, damageUnseen, restartMachine } from "../testing/damage.ts";
import { look, names, record, sha256, type TestCache, testCache } from "../testing/test-cache.ts";
import { claimBlob, type ClaimedBlob } from "./claim-blob.ts";

const content = "some content";

function claim(cache: TestCache, wanted = record("a", content)): Promise<ClaimedBlob | undefined> {
  return claimBlob(cache.layout, wanted, cache.at("claimed"));
}

async function touch(path: string): Promise<void> {
  await utimes(path, new Date(), new Date());
}

test("links what is here, and says how large it is", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content });
  const { digest } = record("a", content);
  expect(await claimBlob(cache.layout, { digest }, cache.at("claimed"))).toEqual({ sizeBytes: 12, isUnsynced: false });
  expect(await look(cache.at("claimed"))).toEqual(await look(cache.blob(content)));
});

test("finds nothing in a cache that has nothing, and leaves nothing", async () => {
  await using cache = await testCache();
  expect(await claim(cache)).toBeUndefined();
  expect(await names(cache.cacheDir)).toEqual([]);
});

test("prefers what is on the disk to what was not waited for", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content }, "relaxed");
  await rename(cache.unsyncedBlob(content), cache.at("unsynced"));
  await cache.publish("mem:b", { a: content });
  await rename(cache.at("unsynced"), cache.unsyncedBlob(content));
  expect(await claim(cache)).toMatchObject({ isUnsynced: false });
  expect((await look(cache.at("claimed"))).inode).toBe((await look(cache.blob(content))).inode);
});

test("prefers what this boot wrote to what others did, which would have to be read", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content }, "relaxed");
  await restartMachine(cache.layout, "0-an-earlier-boot");
  await rename(cache.layout.unsynced, cache.at("earlier"));
  await cache.publish("mem:b", { a: content }, "relaxed");
  await rename(cache.at("earlier", "0-an-earlier-boot"), cache.at("blobs", "unsynced", "0-an-earlier-boot"));
  expect(await claim(cache)).toMatchObject({ isUnsynced: true });
  expect((await look(cache.at("claimed"))).inode).toBe((await look(cache.unsyncedBlob(content))).inode);
});

test("what was written to since is read: if it is right it is used, and looks unwritten again", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: content });
  const before = await stat(cache.at(localPath, "a"), { bigint: true });
  await touch(cache.at(localPath, "a"));
  expect(await claim(cache)).toEqual({ sizeBytes: 12, isUnsynced: false });
  expect((await stat(cache.at(localPath, "a"), { bigint: true })).mtimeNs).toBe(before.mtimeNs);
});

test.each(["full", "relaxed"] as const)("what was written to since, and is wrong, is moved aside (%s)", async (how) => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: content }, how);
  await chmod(cache.at(localPath, "a"), 0o644);
  await writeFile(cache.at(localPath, "a"), "SOME CONTENT");
  expect(await claim(cache)).toBeUndefined();
  expect(await filesBelow(cache.layout.blobs)).toEqual([]);
  const [aside = ""] = await names(cache.layout.damaged);
  expect(await readFile(cache.at("damaged", aside), "utf8")).toBe("SOME CONTENT");
  expect(await names(cache.cacheDir)).not.toContain("claimed");
});

test("another size shows, whatever the time says", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content });
  await damageUnseen(cache.blob(content), aByteLess);
  expect(await claim(cache)).toBeUndefined();
  expect(await names(cache.layout.damaged)).toHaveLength(1);
});

test("a caller who is wrong about the size gets nothing, and does no harm", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content });
  expect(await claim(cache, { ...record("a", content), sizeBytes: 11 })).toBeUndefined();
  expect(await names(cache.layout.damaged)).toEqual([]);
  expect(await claim(cache)).toMatchObject({ sizeBytes: 12 });
});

test("what another boot wrote, and is right, is on the disk from then on", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content }, "relaxed");
  await restartMachine(cache.layout);
  expect(await claim(cache)).toEqual({ sizeBytes: 12, isUnsynced: false });
  expect(await look(cache.blob(content))).toEqual(await look(cache.at("claimed")));
  expect(await filesBelow(cache.layout.unsynced)).toEqual([]);
});

const obstacles: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  "a symbolic link to the same bytes": async (path) => {
    await writeFile(`${path}-mine`, content);
    await symlink(`${path}-mine`, path);
  },
  "a symbolic link to nothing": (path) => symlink("/no/such/file", path),
  "a folder": (path) => mkdir(path),
  "a FIFO": async (path) => execFileSync("mkfifo", [path]),
};

test.skipIf(process.platform === "win32").each(Object.keys(obstacles))(
  "%s in its place is neither followed nor waited for, and gives way",
  async (what) => {
    await using cache = await testCache();
    const path = cache.blob(content);
    await mkdir(dirname(path), { recursive: true });
    await obstacles[what]?.(path);
    expect(await claim(cache)).toBeUndefined();
    expect(await names(cache.cacheDir)).not.toContain("claimed");
    const { localPath } = await cache.publish("mem:a", { a: content });
    expect(await look(path)).toEqual(await look(cache.at(localPath, "a")));
    expect(await names(cache.layout.damaged)).toHaveLength(1);
  },
);

test("files where folders should be are no reason to fail", async () => {
  await using cache = await testCache();
  await mkdir(cache.layout.unsynced, { recursive: true });
  await writeFile(cache.at("blobs", "unsynced", ".DS_Store"), "");
  await cache.publish("mem:a", { a: content }, "relaxed");
  await cache.publish("mem:b", { a: content }, "full");
  expect(await claim(cache)).toMatchObject({ isUnsynced: false });
});

test.skipIf(process.platform === "win32")("what cannot be read is left alone, and is as good as absent", async () => {
  await using cache = await testCache();
  await chmod(cache.cacheDir, 0o777);
  await asPlainUser(async () => {
    await cache.publish("mem:a", { a: content });
    await touch(cache.blob(content));
    await chmod(cache.blob(content), 0);
    expect(await claim(cache)).toBeUndefined();
    expect(await names(cache.layout.damaged)).toEqual([]);
    const { localPath } = await cache.publish("mem:b", { a: content });
    expect(await readFile(cache.at(localPath, "a"), "utf8")).toBe(content);
  });
});

test("another user's blob that may be linked is read again each time, as nothing can be noted on it", async ({
  skip,
}) => {
  skip(process.geteuid?.() !== 0, "only root can play two users");
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: content });
  await touch(cache.at(localPath, "a"));
  await chmod(cache.at(localPath, "a"), 0o666);
  await cache.openToAll();
  await asPlainUser(async () => {
    expect(await claim(cache)).toEqual({ sizeBytes: 12, isUnsynced: true });
    const { localPath: own, files, unsyncedBoot } = await cache.publish("mem:b", { b: content });
    expect(await look(cache.at(own, "b"))).toEqual(await look(cache.at(localPath, "a")));
    expect(unsyncedBoot).toBeUndefined();
    expect(await checkPresence({ kind: "directory", root: cache.at(own) }, { files })).toBe("unproved");
  });
});

test("an abort while it reads keeps its reason, and the blob", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: content });
  await touch(cache.blob(content));
  const signal = AbortSignal.abort("enough");
  const wanted = { digest: sha256(content) };
  await expect(claimBlob(cache.layout, wanted, cache.at("claimed"), { signal })).rejects.toBe("enough");
  expect((await look(cache.blob(content))).links).toBe(2);
  expect(await names(cache.cacheDir)).not.toContain("claimed");
});
