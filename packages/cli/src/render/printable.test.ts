import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.for([
  ["a model.gguf", "a model.gguf"],
  ["ümlaut 模型 \u{1f600}", "ümlaut 模型 \u{1f600}"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]8;;http://x\u0007link\u001b]8;;\u0007", "link"],
  ["\u001b]0;title\u0007x", "x"],
  ["over\rwritten", "over written"],
  ["two\nlines\r\nmore", "two lines more"],
  ["bell\u0007 back\u0008 nul\u0000 c1\u009b2J", "bell back nul c1"],
  ["safe\u202egpj.exe", "safegpj.exe"],
  ["lone \u001b escape", "lone  escape"],
] as const)("%j becomes %j", ([text, shown]) => {
  expect(printable(text)).toBe(shown);
});
