import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listFolder } from "./list-folder.ts";

const { signal } = new AbortController();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetcher-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Each folder leads to the next one by two links, so that the paths double with every level. */
async function placeJoined(levels: number): Promise<string> {
  for (let level = 0; level < levels; level += 1) await mkdir(join(folder, `level-${level}`));
  for (let level = 1; level < levels; level += 1) {
    for (const name of ["a", "b"]) await symlink(`../level-${level}`, join(folder, `level-${level - 1}`, name), "dir");
  }
  return join(folder, "level-0");
}

test("what two links lead to is listed by both paths", async () => {
  const root = await placeJoined(2);
  await writeFile(join(folder, "level-1", "f"), "abc");
  const files = await listFolder(root, { signal });
  expect(files.map(({ path }) => path).toSorted()).toEqual(["a/f", "b/f"]);
});

test("folders that links join again and again are refused, also without a file in them", async () => {
  const root = await placeJoined(40);
  await expect(listFolder(root, { signal, maxEntries: 500 })).rejects.toMatchObject({
    code: "FILE_FOLDER_TOO_LARGE",
    category: "usage",
    facts: { path: root, limit: 500 },
  });
});

test("the limit is what is still allowed", async () => {
  for (const name of ["a", "b", "c"]) await writeFile(join(folder, name), "");
  await expect(listFolder(folder, { signal, maxEntries: 3 })).resolves.toHaveLength(3);
  await expect(listFolder(folder, { signal, maxEntries: 2 })).rejects.toMatchObject({ code: "FILE_FOLDER_TOO_LARGE" });
});

test("folders 64 deep are listed, and deeper ones refused", async () => {
  const deepest = join(folder, ...Array.from({ length: 63 }, () => "d"));
  await mkdir(deepest, { recursive: true });
  await writeFile(join(deepest, "f"), "");
  await expect(listFolder(folder, { signal })).resolves.toHaveLength(1);
  await mkdir(join(deepest, "d"));
  await expect(listFolder(folder, { signal })).rejects.toMatchObject({
    code: "FILE_FOLDER_TOO_LARGE",
    facts: { limit: 64 },
  });
});
