import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPresence } from "../presence.ts";
import { look, names, testCache } from "../testing/test-cache.ts";

const right = { a: "one", "sub/b": "two" };

/** What may lie where a model is to be shown, instead of just that model. */
const obstacles: Readonly<Record<string, (version: string) => Promise<unknown>>> = {
  "a file that was written to": async (version) => {
    await chmod(join(version, "a"), 0o644);
    await writeFile(join(version, "a"), "eno");
  },
  "a version without one of its files": (version) => unlink(join(version, "a")),
  "a version without one of its folders": (version) => rm(join(version, "sub"), { recursive: true }),
  "a link to the same bytes": async (version) => {
    await rename(join(version, "a"), join(version, "own"));
    await symlink("own", join(version, "a")); // as long as the text in the file
  },
  "a link in a circle": async (version) => {
    await unlink(join(version, "a"));
    await symlink("a", join(version, "a"));
  },
  "a FIFO": async (version) => {
    await unlink(join(version, "a"));
    execFileSync("mkfifo", [join(version, "a")]);
  },
  "a folder in place of a file": async (version) => {
    await unlink(join(version, "a"));
    await mkdir(join(version, "a"));
  },
  "a file in place of the version": async (version) => {
    await rm(version, { recursive: true });
    await writeFile(version, "");
  },
};

test.skipIf(process.platform === "win32").each(Object.keys(obstacles))(
  "%s is moved aside, never deleted, and the model takes its place",
  async (what) => {
    await using cache = await testCache();
    const first = await cache.publish("mem:a", right);
    const root = cache.at(first.localPath);
    await obstacles[what]?.(root);
    const { localPath, files } = await cache.publish("mem:a", right);
    expect(cache.at(localPath)).toBe(root);
    expect(await readFile(join(root, "a"), "utf8")).toBe("one");
    expect(await readFile(join(root, "sub", "b"), "utf8")).toBe("two");
    expect(await checkPresence({ kind: "directory", root }, { files })).toBe("intact");
    expect((await names(cache.layout.damaged)).length).toBeGreaterThan(0);
  },
);

test("damage is kept as it was found", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", right);
  await obstacles["a file that was written to"]?.(cache.at(localPath));
  await cache.publish("mem:a", right);
  const aside = (await names(cache.layout.damaged)).find((name) =>
    name.startsWith(String(localPath.split("/").at(-1))),
  );
  expect(await readFile(join(cache.layout.damaged, String(aside), "a"), "utf8")).toBe("eno");
});

test("an empty folder is no obstacle", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", right);
  await rm(cache.at(localPath), { recursive: true });
  await mkdir(cache.at(localPath));
  await cache.publish("mem:a", right);
  expect(await names(cache.at(localPath))).toEqual(["a", "sub"]);
  expect(await names(cache.layout.damaged)).toEqual([]);
});

test("files that were added to a version stay with it", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", right);
  await writeFile(cache.at(localPath, "notes.txt"), "mine");
  await cache.publish("mem:a", right);
  expect(await readFile(cache.at(localPath, "notes.txt"), "utf8")).toBe("mine");
});

test("other files with the same content are used as they are, and are read again when they look written to", async () => {
  await using cache = await testCache();
  const { localPath } = await cache.publish("mem:a", { a: "one" });
  await rm(cache.at("blobs"), { recursive: true });
  const { inode } = await look(cache.at(localPath, "a"));
  await chmod(cache.at(localPath, "a"), 0o644);
  await writeFile(cache.at(localPath, "a"), "one");
  const { files } = await cache.publish("mem:a", { a: "one" });
  expect((await look(cache.at(localPath, "a"))).inode).toBe(inode);
  expect(await checkPresence({ kind: "directory", root: cache.at(localPath) }, { files })).toBe("unproved");
});
