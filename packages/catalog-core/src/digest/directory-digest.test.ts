import { execFile } from "node:child_process";
import { hash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { DigestText } from "./digest.ts";
import { directoryDigest, directoryListing } from "./directory-digest.ts";

function record(name: string, content: string): { path: string; digest: DigestText } {
  return { path: name, digest: `sha256:${hash("sha256", content)}` };
}

test("lines as sha256sum prints them, in bytewise order", () => {
  const hex = hash("sha256", "x");
  const names = ["b", "a/b", "a-b", "\u{1f600}", "\uffee", "a\nb"];
  expect(directoryListing(names.map((name) => record(name, "x")))).toBe(
    [`\\${hex}  a\\nb`, `${hex}  a-b`, `${hex}  a/b`, `${hex}  b`, `${hex}  \uffee`, `${hex}  \u{1f600}`, ""].join(
      "\n",
    ),
  );
});

test("the order in which the files are given does not matter, their names and contents do", () => {
  const [a, b] = [record("a", "1"), record("b", "2")];
  expect(directoryDigest([a, b])).toBe(directoryDigest([b, a]));
  expect(directoryDigest([a, b])).not.toBe(directoryDigest([record("a", "2"), record("b", "1")]));
  expect(directoryDigest([])).toBe(`sha256:${hash("sha256", "")}`);
});

describe.skipIf(process.platform !== "linux")("the command of the documentation (GNU tools)", () => {
  test("gives the same digest", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "directory-digest-"));
    try {
      const files = [
        "a b",
        "é",
        "e\u0301",
        "\u{1f600}",
        "\uffee",
        "new\nline",
        "cr\rlf",
        "back\\slash",
        "A",
        "a",
        "a-b",
        "a/b",
        "a.b/c",
        "-option",
        "a/.hidden",
      ]
        .map((name) => ({ ...record(name, `content of ${name}`), content: `content of ${name}` }))
        .filter(({ path: name }) => name !== "a");
      for (const file of files) {
        const target = path.join(folder, file.path);
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, file.content);
      }
      await symlink("A", path.join(folder, "link"));
      await mkdir(path.join(folder, "empty"));
      const command =
        "find -L . -type f -printf '%P\\0' | LC_ALL=C sort -z | xargs -0 -r sha256sum -- | sha256sum | cut -c 1-64";
      const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: folder });
      expect(directoryDigest([...files, record("link", "content of A")])).toBe(`sha256:${stdout.trim()}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
