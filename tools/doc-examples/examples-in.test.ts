import { expect, test } from "vitest";
import { examplesIn, filledIn } from "./examples-in.ts";

test("finds what runs, what is only checked, and what it prints", () => {
  const markdown = [
    "# Title",
    "```ts",
    "console.log(1);",
    "```",
    "It prints",
    "```text output",
    "1",
    "```",
    "```ts check-only",
    "declare const x: number;",
    "```",
    "```sh run",
    "model-provisioner list",
    "```",
  ].join("\n");
  expect(examplesIn(markdown)).toEqual([
    { language: "ts", line: 2, text: "console.log(1);\n", run: true, output: "1\n" },
    { language: "ts", line: 9, text: "declare const x: number;\n", run: false },
    { language: "sh", line: 12, text: "model-provisioner list\n", run: true },
  ]);
});

test.each(["ts no-run", "sh", "json", "text", ""])("leaves a block marked %o alone", (info) => {
  expect(examplesIn(`\`\`\`${info}\nwhatever\n\`\`\`\n`)).toEqual([]);
});

test.each(["ts norun", "sh runs", "ts no-run please"])("refuses the misspelt mark %o", (info) => {
  expect(() => examplesIn(`\`\`\`${info}\n\`\`\`\n`)).toThrow(/^Line 1: unknown mark/);
});

test("a block inside a list loses the indent of its fence", () => {
  const [example] = examplesIn("- item\n\n  ```ts\n  if (true) {\n    f();\n  }\n  ```\n");
  expect(example?.text).toBe("if (true) {\n  f();\n}\n");
});

test("a longer fence holds a shorter one as text", () => {
  expect(examplesIn("````md\n```ts\nlet x;\n```\n````\n")).toEqual([]);
});

test("refuses an output that belongs to nothing, and a block that is never closed", () => {
  expect(() => examplesIn("```text output\n1\n```\n")).toThrow(/^Line 1: an output without/);
  expect(() => examplesIn("```ts no-run\n```\n```text output\n1\n```\n")).toThrow(/^Line 3: an output without/);
  expect(() => examplesIn("```ts\nlet x;\n")).toThrow(/^Line 1: .*never closed/);
});

test.each([
  { output: "a.b (1)\n", printed: "a.b (1)", agrees: true },
  { output: "a.b", printed: "axb", agrees: false },
  { output: "/tmp/.../model.gguf\nok", printed: "/tmp/x/y/model.gguf\nok", agrees: true },
  { output: "a...b", printed: "a\nb", agrees: false },
  { output: "one", printed: "one\ntwo", agrees: false },
])("whether $output stands for $printed: $agrees", ({ output, printed, agrees }) => {
  expect(filledIn(output, printed)).toBe(agrees ? printed : output);
});
