import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { modelId } from "./model-id.ts";
import { parseModelRef } from "./parse-model-ref.ts";

const posix = { cwd: "/srv/dir", home: "/home/ada" };
const windows = { cwd: "C:\\work", home: "C:\\Users\\ada" };

function pathOf(text: string, context = posix): string {
  const ref = parseModelRef(text, context);
  return ref.kind === "file" ? ref.path : `not a file: ${ref.kind}`;
}

function expectRefused(text: string, part: string, context: { cwd?: string; home?: string } = posix): void {
  expect(thrownBy(() => parseModelRef(text, context))).toMatchObject({ code: "REF_INVALID", facts: { part } });
}

describe("forms of a local path", () => {
  test.each([
    ["/a/b.gguf", "/a/b.gguf", "file:/a/b.gguf"],
    ["file:/a/b.gguf", "/a/b.gguf", "file:/a/b.gguf"],
    ["file:///a/b.gguf", "/a/b.gguf", "file:/a/b.gguf"],
    ["file://localhost/a/b.gguf", "/a/b.gguf", "file:/a/b.gguf"],
    ["FILE://LocalHost/a", "/a", "file:/a"],
    ["file:a/b", "/srv/dir/a/b", "file:/srv/dir/a/b"],
    ["a/b", "/srv/dir/a/b", "file:/srv/dir/a/b"],
    ["./a:b", "/srv/dir/a:b", "file:/srv/dir/a:b"],
    ["../a", "/srv/a", "file:/srv/a"],
    ["~", "/home/ada", "file:/home/ada"],
    ["~/a", "/home/ada/a", "file:/home/ada/a"],
    ["file:~/a", "/home/ada/a", "file:/home/ada/a"],
    ["~bob/a", "/srv/dir/~bob/a", "file:/srv/dir/~bob/a"],
    ["file:%7E/a", "/srv/dir/~/a", "file:/srv/dir/~/a"],
    ["./-name", "/srv/dir/-name", "file:/srv/dir/-name"],
    ["/a/-x", "/a/-x", "file:/a/-x"],
    ["/", "/", "file:/"],
    ["file:///", "/", "file:/"],
    ["C:\\a\\b", "C:\\a\\b", "file:///C:/a/b"],
    ["c:/a/b", "C:\\a\\b", "file:///C:/a/b"],
    ["file:/C:/a", "C:\\a", "file:///C:/a"],
    ["file:///c:/a", "C:\\a", "file:///C:/a"],
    ["file:///C:", "C:\\", "file:///C:/"],
    ["C:\\..\\..\\a", "C:\\a", "file:///C:/a"],
    ["\\\\Server\\share\\a", "\\\\server\\share\\a", "file://server/share/a"],
    ["file://Server/share/a", "\\\\server\\share\\a", "file://server/share/a"],
    ["file://server/share/", "\\\\server\\share\\", "file://server/share/"],
    ["\\\\server\\share", "\\\\server\\share\\", "file://server/share/"],
    ["\\\\server\\share\\..\\..\\a", "\\\\server\\share\\a", "file://server/share/a"],
    ["\\\\localhost\\C$\\a", "\\\\localhost\\C$\\a", "file://%6Cocalhost/C$/a"],
  ])("%s", (text, expectedPath, expectedId) => {
    expect(pathOf(text)).toBe(expectedPath);
    expect(modelId(parseModelRef(text, posix))).toBe(expectedId);
    expect(parseModelRef(expectedId, { cwd: "/elsewhere", home: "/elsewhere" })).toEqual(parseModelRef(text, posix));
  });

  test("relative to a Windows folder, both slashes separate", () => {
    expect(pathOf("a\\b/c", windows)).toBe("C:\\work\\a\\b\\c");
    expect(pathOf("..\\..\\..\\a", windows)).toBe("C:\\a");
    expect(pathOf("~/m", windows)).toBe("C:\\Users\\ada\\m");
  });

  test("in a POSIX path a backslash is an ordinary character", () => {
    expect(pathOf("/a\\b")).toBe("/a\\b");
    expect(pathOf("a\\..\\b")).toBe("/srv/dir/a\\..\\b");
  });

  test("a POSIX path that looks like a drive stays one", () => {
    expect(modelId(parseModelRef("/C:/x"))).toBe("file:/C%3A/x");
    expect(modelId(parseModelRef("/C:\\x"))).toBe("file:/C%3A\\x");
    expect(pathOf("file:/C%3A/x")).toBe("/C:/x");
    expect(modelId(parseModelRef("file:/C:/x"))).not.toBe(modelId(parseModelRef("/C:/x")));
  });

  test("the folder and the home of this process are the defaults", () => {
    expect(parseModelRef("a")).toEqual({ kind: "file", path: path.join(process.cwd(), "a") });
    expect(parseModelRef("~/a")).toEqual({ kind: "file", path: path.join(homedir(), "a") });
  });
});

describe("characters", () => {
  test("a plain path is taken as it is: nothing is decoded, no query, no fragment", () => {
    expect(pathOf("/a b/%20#x?y=1")).toBe("/a b/%20#x?y=1");
    expect(modelId(parseModelRef("/a b/%20#x?y=1"))).toBe("file:/a b/%2520#x?y=1");
  });

  test("after file: percent-encoding is decoded", () => {
    expect(pathOf("file:/a%20b/%25x#1")).toBe("/a b/%x#1");
    expect(pathOf("file:/a/%2e%2E/b")).toBe("/b");
    expect(modelId(parseModelRef("file:/a b/%25x"))).toBe("file:/a b/%25x");
  });

  test("unicode is not normalized", () => {
    const [composed, decomposed] = ["/\u00e9", "/e\u0301"];
    expect(pathOf(composed)).toBe(composed);
    expect(modelId(parseModelRef(composed))).not.toBe(modelId(parseModelRef(decomposed)));
  });
});

describe("refused, with the part that is wrong", () => {
  test.each([
    ["file:", "path"],
    ["file://", "path"],
    ["file://localhost", "path"],
    ["file://server", "path"],
    ["file://server/", "path"],
    ["file://models/a.gguf", "path"],
    ["file://models\\a.gguf", "path"],
    ["file://C:/a", "host"],
    ["file://user:pw@server/share", "host"],
    ["\\\\server", "path"],
    ["\\\\?\\C:\\a", "host"],
    ["\\\\-server\\share", "host"],
    ["-x", "path"],
    ["file:-x", "path"],
    ["file:%2Dx", "path"],
    ["-x/../a", "path"],
    ["C:a", "path"],
    ["C:", "path"],
    ["file:C:a", "path"],
    ["file:/a%", "path"],
    ["file:/a%zz", "path"],
    ["file:/a%00b", "path"],
    ["file:/a%0Ab", "path"],
    ["file:/a%2Fb", "path"],
    ["file:/a%FF", "path"],
    ["file:///C:/a%5Cb", "path"],
  ])("%s", (text, part) => {
    expectRefused(text, part);
  });

  test("a folder that is not absolute, or cannot be printed", () => {
    expectRefused("a", "cwd", { cwd: "relative" });
    expectRefused("~/a", "home", { home: "/h\n" });
    expectRefused("a", "reference", { cwd: `/${"d".repeat(2048)}` });
  });

  test("hints teach the right form", () => {
    expect(thrownBy(() => parseModelRef("-x", posix)).hint).toBe("Write ./ before it, as in ./-x.");
    expect(thrownBy(() => parseModelRef("file:/100%", posix)).hint).toContain("%25");
    expect(thrownBy(() => parseModelRef("file://models/a.gguf", posix)).hint).toContain("file:///models/a.gguf");
  });
});

test("defect 6: one file has one id, however its path is written", () => {
  const texts = [
    "/a/b",
    "file:/a/b",
    "file:///a/b",
    "file://localhost/a/b",
    "/x/../a/b",
    "//a//b/",
    "/a/./b",
    "../../a/b",
  ];
  expect(new Set(texts.map((text) => modelId(parseModelRef(text, posix))))).toEqual(new Set(["file:/a/b"]));
});

test.skipIf(process.platform === "win32")(
  "defect 6: a symbolic link is not resolved, so its id does not depend on what lies on the disk",
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "file-ref-"));
    try {
      const before = modelId(parseModelRef("link", { cwd: folder }));
      await writeFile(path.join(folder, "target"), "x");
      await symlink("target", path.join(folder, "link"));
      expect(modelId(parseModelRef("link", { cwd: folder }))).toBe(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
