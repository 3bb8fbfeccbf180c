import { globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { examplesIn, filledIn } from "./examples-in.ts";
import { Workbench } from "./workbench.ts";

const workspace = join(import.meta.dirname, "../..");
const documents = globSync(["README.md", "docs/**/*.md", "packages/*/README.md", "examples/{,*/}README.md"], {
  cwd: workspace,
}).map((path) => path.split(sep).join("/"));

const workbench = new Workbench();
afterAll(() => workbench.remove());

const examples = documents.flatMap((document) =>
  examplesIn(readFileSync(join(workspace, document), "utf8")).map((example) => ({
    example,
    at: `${document}:${example.line}`,
    file: workbench.add(document, example),
  })),
);

let typeErrors: ReadonlyMap<string, readonly string[]>;
beforeAll(async () => {
  typeErrors = await workbench.typeErrors();
}, 60_000);

test("there are documents to check", () => {
  expect(documents).toContain("README.md");
});

test.each(examples.filter(({ example }) => example.language === "ts"))("the types of $at", ({ file }) => {
  expect(typeErrors.get(file) ?? []).toEqual([]);
});

test.each(examples.filter(({ example }) => example.run))("the run of $at", async ({ example, file }) => {
  const printed = await workbench.run(file);
  expect(printed).toBe(filledIn(example.output ?? printed, printed));
});
