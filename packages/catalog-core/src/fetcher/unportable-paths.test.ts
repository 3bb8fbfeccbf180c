import { expect, test } from "vitest";
import { findUnportable } from "./unportable-paths.ts";

test.each(["/a", "a//b", "a/../b", ".", "a/", "", "a\\b", "a\nb", "x".repeat(256)])("%j is refused", (path) => {
  expect(findUnportable(["fine", path])).toMatchObject({ paths: [path] });
});

test("two that a file system may take for one are named", () => {
  expect(findUnportable(["a/É", "b", "A/e\u0301"])?.paths).toEqual(["a/É", "A/e\u0301"]);
  expect(findUnportable(["a/b", "a/c", "…", "con", "..."])).toBeUndefined();
});
