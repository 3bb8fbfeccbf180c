import { expect, test } from "vitest";
import { assertFileName } from "./file-name.ts";

// Not every file system can hold these, so they are not looked at on a disk.
test.each([
  ["a line end", "a\nb"],
  ["an escape", "a\u001b[2Jb"],
  ["a delete", "a\u007f"],
  ["bytes that are no text", "a\uFFFD"],
  ["256 bytes", "x".repeat(256)],
  ["fewer characters, and more bytes", "\u00e9".repeat(128)],
])("a name with %s is refused", (_what, name) => {
  expect(() => assertFileName(name, "/models")).toThrow(
    expect.objectContaining({
      code: "FILE_NAME_UNSUPPORTED",
      category: "usage",
      facts: { path: "/models", name },
    }),
  );
});

test.each(["model.gguf", ".hidden", "with space", "a\\b:c", "\u00e9".repeat(127), "x".repeat(255)])(
  "%j is a name",
  (name) => {
    expect(() => assertFileName(name, "/models")).not.toThrow();
  },
);
