import { chmod, mkdir, rename, symlink, unlink } from "node:fs/promises";
import { bootId, type FileRecord } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { asPlainUser } from "../../../tools/plain-user/as-plain-user.ts";
import type { ArtifactLocation } from "./artifact-files.ts";
import { checkPresence } from "./presence.ts";
import { type TestCache, testCache } from "./testing/test-cache.ts";

interface Shown {
  readonly artifact: ArtifactLocation;
  readonly a: FileRecord;
  readonly b: FileRecord;
}

async function show(cache: TestCache): Promise<Shown> {
  const { localPath, files } = await cache.publish("mem:a", { a: "one", b: "two" });
  const [a, b] = files;
  if (a === undefined || b === undefined) throw new Error("two files were published");
  return { artifact: { kind: "directory", root: cache.at(localPath) }, a, b };
}

test("tells missing, changed, unproved and intact, and lets the worst file decide", async () => {
  await using cache = await testCache();
  const { artifact, a, b } = await show(cache);
  const { stat, ...unproved } = a;
  const moved = { ...b, stat: { mtimeNs: "", ...b.stat, inode: "1" } };
  const written = { ...b, stat: { inode: "", ...b.stat, mtimeNs: "1" } };
  const grown = { ...b, sizeBytes: 4 };
  const gone = { ...b, path: "c" };
  expect(stat).toBeDefined();
  expect(await checkPresence(artifact, { files: [a, b] })).toBe("intact");
  expect(await checkPresence(artifact, { files: [unproved, b] })).toBe("unproved");
  expect(await checkPresence(artifact, { files: [a, moved] })).toBe("unproved");
  expect(await checkPresence(artifact, { files: [unproved, grown] })).toBe("changed");
  expect(await checkPresence(artifact, { files: [a, written] })).toBe("changed");
  expect(await checkPresence(artifact, { files: [a, gone] })).toBe("missing");
  expect(await checkPresence(artifact, { files: [{ ...a, sizeBytes: 4 }, gone] })).toBe("missing");
});

test("what was not waited for is believed in the boot that wrote it, and unproved in any other", async () => {
  await using cache = await testCache();
  const { artifact, a, b } = await show(cache);
  expect(await checkPresence(artifact, { files: [a, b], unsyncedBoot: bootId() })).toBe("intact");
  expect(await checkPresence(artifact, { files: [a, b], unsyncedBoot: "another" })).toBe("unproved");
  const grown = { ...b, sizeBytes: 4 };
  expect(await checkPresence(artifact, { files: [a, grown], unsyncedBoot: "another" })).toBe("changed");
});

test("something else in the place of a file is as good as nothing", async () => {
  await using cache = await testCache();
  const { artifact, a, b } = await show(cache);
  const [file, other] = [`${artifact.root}/a`, `${artifact.root}/other`];
  await rename(file, other);
  await mkdir(file);
  expect(await checkPresence(artifact, { files: [a, b] })).toBe("missing");
  await rename(file, `${file}-folder`);
  await symlink(file, file);
  expect(await checkPresence(artifact, { files: [a, b] })).toBe("missing");
  await unlink(file);
  expect(await checkPresence({ kind: "file", root: `${other}/a` }, { files: [a] })).toBe("missing");
  expect(await checkPresence({ kind: "file", root: other }, { files: [a] })).toBe("intact");
});

test.skipIf(process.platform === "win32")("what may not be looked at is not missing: that is an error", async () => {
  await using cache = await testCache();
  const { artifact, a } = await show(cache);
  await chmod(artifact.root, 0o600);
  await asPlainUser(async () => {
    await expect(checkPresence(artifact, { files: [a] })).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
  });
});
