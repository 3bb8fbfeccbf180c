import { describe, expect, test } from "vitest";
import { assertDistinctNames } from "./distinct-names.ts";

// Not every file system can hold these, so they are not looked at on a disk.
const version = { sizeBytes: 1, mtimeNs: "1", inode: "1" };

function check(paths: readonly string[]): void {
  assertDistinctNames({ kind: "directory", root: "/models", files: paths.map((path) => ({ path, version })) });
}

describe("names that are one somewhere are refused, and both are named:", () => {
  test.each([
    ["case", ["model.gguf", "Model.GGUF"]],
    ["case, in a folder", ["weights/a", "weights/A"]],
    ["case of the folder", ["weights/a", "Weights/a"]],
    ["unicode normalization", ["\u00e9", "e\u0301"]],
    ["both", ["\u00c9.gguf", "e\u0301.gguf"]],
    ["a file and a folder", ["model", "Model/weights"]],
    ["a file and a folder, further down", ["a/model", "a/b", "A/Model/weights/1"]],
  ])("%s", (_what, paths) => {
    const names = [paths[0], paths.at(-1)?.split("/").slice(0, paths[0]?.split("/").length).join("/")];
    expect(() => check(paths)).toThrow(
      expect.objectContaining({
        code: "FILE_NAMES_COLLIDE",
        category: "usage",
        message: expect.stringContaining(`${JSON.stringify(names[0])} and ${JSON.stringify(names[1])}`),
        facts: { path: "/models", names },
      }),
    );
  });
});

test.each([[["a", "b"]], [["a/b", "a/c"]], [["a", "ab/a"]], [["A/x", "a/y"]]])(
  "%j are as many as they are",
  (paths) => {
    expect(() => check(paths)).not.toThrow();
  },
);
