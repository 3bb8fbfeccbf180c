import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";
import { getJson } from "../testing/get-json.ts";

const files = { "a.txt": "hello\n", "sub/deep/b.txt": "b", "sub/model.gguf": "weights", "z.txt": "z" };
const anyId = expect.stringMatching(/^[0-9a-f]{40}$/);

test("a tree has the files and folders of one level, or all", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files });
  const tree = `${hub.endpoint}/api/models/org/repo/tree/main`;
  expect(await pathsOf(tree)).toEqual(["a.txt", "sub", "z.txt"]);
  expect(await pathsOf(`${tree}/sub`)).toEqual(["sub/deep", "sub/model.gguf"]);
  expect(await pathsOf(`${tree}/sub%2Fdeep`)).toEqual(["sub/deep/b.txt"]);
  expect(await pathsOf(`${tree}?recursive=True`)).toEqual([
    "a.txt",
    "sub",
    "sub/deep",
    "sub/deep/b.txt",
    "sub/model.gguf",
    "z.txt",
  ]);
});

test("entries have ids, sizes and digests", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files, xet: true });
  const tree = `${hub.endpoint}/api/models/org/repo/tree/main`;
  expect(await getJson(`${tree}/sub`)).toEqual([
    { type: "directory", oid: anyId, size: 0, path: "sub/deep" },
    {
      type: "file",
      oid: anyId,
      size: 7,
      path: "sub/model.gguf",
      lfs: { oid: hash("sha256", "weights"), size: 7, pointerSize: 126 },
      xetHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  expect(await getJson(tree)).toContainEqual({
    type: "file",
    oid: "ce013625030ba8dba906f756967f9e9ca394464a",
    size: 6,
    path: "a.txt",
  });
});

test("expand adds the last commit and the security scan", async () => {
  await using hub = await startTestHub();
  const { commit } = hub.addRepository("org/repo", { files });
  const entries = await getJson(`${hub.endpoint}/api/models/org/repo/tree/main?expand=true`);
  const lastCommit = { id: commit, title: "initial commit", date: "2025-01-01T00:00:00.000Z" };
  expect(entries).toMatchObject([
    { path: "a.txt", lastCommit, securityFileStatus: { status: "safe" } },
    { path: "sub", lastCommit },
    { path: "z.txt", lastCommit },
  ]);
});

test("a large tree comes in pages", async () => {
  await using hub = await startTestHub({ treePageSize: 4 });
  hub.addRepository("org/repo", {
    files: Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`file-${index}`, ""])),
  });
  const pages: string[][] = [];
  let next: string | undefined = `${hub.endpoint}/api/models/org/repo/tree/main?recursive=true`;
  while (next !== undefined) {
    pages.push(await pathsOf(next));
    const link: string | null = (await fetch(next)).headers.get("link");
    next = /^<(.+)>; rel="next"$/.exec(link ?? "")?.[1];
  }
  expect(pages.map((page) => page.length)).toEqual([4, 4, 1]);
  expect(pages.flat()).toEqual(Array.from({ length: 9 }, (_, index) => `file-${index}`));
});

test("a page may be asked to be smaller, and is never larger than pages are here", async () => {
  await using hub = await startTestHub({ treePageSize: 3 });
  hub.addRepository("org/repo", { files: { a: "", b: "", c: "", d: "" } });
  const tree = `${hub.endpoint}/api/models/org/repo/tree/main`;
  expect(await pathsOf(`${tree}?limit=2`)).toEqual(["a", "b"]);
  expect(await pathsOf(`${tree}?limit=100`)).toEqual(["a", "b", "c"]);
});

async function pathsOf(url: string): Promise<string[]> {
  const entries = (await getJson(url)) as { readonly path: string }[];
  return entries.map(({ path }) => path);
}
