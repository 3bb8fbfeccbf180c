import { afterAll, expect, test } from "vitest";
import { examplesIn } from "./examples-in.ts";
import { Workbench } from "./workbench.ts";

const workbench = new Workbench();
afterAll(() => workbench.remove());

test("tells right types from wrong ones, by document and line", async () => {
  add("right.md", "```ts\nexport const one: number = 1;\n```");
  const wrong = add("wrong.md", "Wrong:\n```ts\nexport const one: number = 'one';\n```");
  const errors = await workbench.typeErrors();
  expect([...errors.keys()]).toEqual([wrong]);
  expect(errors.get(wrong)).toEqual([expect.stringContaining("TS2322")]);
});

test("runs an example beside a model, and gives what it prints", async () => {
  const file = add(
    "run.md",
    "```ts\nimport { statSync } from 'node:fs';\nconsole.log(statSync('model.gguf').size);\n```",
  );
  await expect(workbench.run(file)).resolves.toBe("24");
});

test("an example that throws fails with what it wrote", async () => {
  const file = add("throws.md", "```ts\nthrow new Error('out of models');\n```");
  await expect(workbench.run(file)).rejects.toThrow("out of models");
});

test("a shell example stops at its first failing line", async () => {
  const file = add("shell.md", "```sh run\nls model.gguf\nls no-such-model.gguf\necho never\n```");
  await expect(workbench.run(file)).rejects.toMatchObject({ stdout: "model.gguf" });
});

test("the examples of one document share a folder", async () => {
  await workbench.run(add("story.md", "```sh run\necho begun > state\n```"));
  await expect(workbench.run(add("story.md", "\n```sh run\ncat state\n```"))).resolves.toBe("begun");
});

function add(document: string, markdown: string): string {
  const [example] = examplesIn(markdown);
  if (example === undefined) throw new Error("the fixture holds no example");
  return workbench.add(document, example);
}
