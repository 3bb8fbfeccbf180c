import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { makeCommit } from "./git-commit.ts";
import { hubFile } from "./hub-file.ts";

const contents = {
  "README.md": "# A model\n",
  "a.txt": "beside a folder that sorts around it",
  "a/deep/er.txt": "deep",
  "a-b": "dash before slash",
  "größe.txt": "not ASCII",
};

test("ids are those that git gives", async () => {
  const folder = await mkdtemp(join(tmpdir(), "git-commit-"));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "core.autocrlf=false", ...args], {
      cwd: folder,
      env: gitEnvironment,
      encoding: "utf8",
    }).trim();
  try {
    git("init", "--quiet");
    for (const [path, text] of Object.entries(contents)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    git("add", ".");
    const tree = git("write-tree");
    const commit = commitOf(contents);
    expect(commit.folders.get("")).toBe(tree);
    expect(commit.folders.get("a/deep")).toBe(git("rev-parse", `${tree}:a/deep`));
    expect(commit.files.get("README.md")?.blobId).toBe(git("rev-parse", `${tree}:README.md`));
    expect(commit.id).toBe(git("commit-tree", tree, "-m", "initial commit"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("the same files are the same commit, and after another one they are not", () => {
  const first = commitOf(contents);
  expect(commitOf(contents).id).toBe(first.id);
  expect(makeCommit(first.files, first).id).not.toBe(first.id);
});

test("a path cannot be a file and a folder", () => {
  expect(() => commitOf({ a: "file", "a/b": "below it" })).toThrow(TypeError);
});

function commitOf(files: Readonly<Record<string, string>>): ReturnType<typeof makeCommit> {
  return makeCommit(new Map(Object.entries(files).map(([path, text]) => [path, hubFile(path, text)])), undefined);
}

const gitEnvironment = {
  ...process.env,
  GIT_DIR: undefined, // in a hook of git there is one, and it would be used
  GIT_INDEX_FILE: undefined,
  GIT_WORK_TREE: undefined,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Test Hub",
  GIT_AUTHOR_EMAIL: "test-hub@example.invalid",
  GIT_AUTHOR_DATE: "1735689600 +0000",
  GIT_COMMITTER_NAME: "Test Hub",
  GIT_COMMITTER_EMAIL: "test-hub@example.invalid",
  GIT_COMMITTER_DATE: "1735689600 +0000",
};
