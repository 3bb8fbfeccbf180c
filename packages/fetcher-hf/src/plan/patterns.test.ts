import { expect, test } from "vitest";
import { selects } from "./patterns.ts";

test.for<[path: string, pattern: string, isSelected: boolean]>([
  ["model.gguf", "*.gguf", true],
  ["a/b/model.gguf", "*.gguf", true],
  ["model.ggufx", "*.gguf", false],
  ["a/b.json", "a/*", true],
  ["a/b/c.json", "a/*", true],
  ["a/b.json", "a/", true],
  ["b/a/b.json", "a/", false],
  ["model-1.gguf", "model-?.gguf", true],
  ["model-10.gguf", "model-?.gguf", false],
  ["model-q4.gguf", "model-[qf]4.gguf", true],
  ["model-x4.gguf", "model-[!qf]4.gguf", true],
  ["model-q4.gguf", "model-[!qf]4.gguf", false],
  ["a+b(1).json", "a+b(1).json", true],
  ["aab1.json", "a+b(1).json", false],
  ["[x", "[x", true],
  ["Model.GGUF", "*.gguf", false],
  ["line\nend.gguf", "*.gguf", true],
  ["a]b", "a[]]b", true],
])("%s and %s: %s", ([path, pattern, isSelected]) => {
  expect(selects(path, [pattern], [])).toBe(isSelected);
  expect(selects(path, [], [pattern])).toBe(!isSelected);
});

test("what is excluded is so whatever includes it", () => {
  expect(selects("a.gguf", ["*"], ["a*"])).toBe(false);
  expect(selects("a.gguf", [], [])).toBe(true);
});
