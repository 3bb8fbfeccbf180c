import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaNode } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

const here = import.meta.dirname;
const vitest = join(here, "../../node_modules/vitest/vitest.mjs");

/** Inside the workspace, so that the fixtures find vitest. */
let folder: string;
beforeEach(() => {
  mkdirSync(join(here, ".run"), { recursive: true });
  folder = mkdtempSync(join(here, ".run", "summary-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pass = `test("passes", () => {});`;
const skip = `test.skip("skipped", () => {});`;

test.each([
  { what: "a run that passes", tests: pass, line: "1 passed, 0 failed", exitCode: 0 },
  {
    what: "skipped and unwritten tests",
    tests: `${pass} ${skip} test.todo("unwritten");`,
    line: "1 passed, 0 failed, 2 skipped",
    exitCode: 0,
  },
  {
    what: "a failed test",
    tests: `${pass} test("fails", () => { throw new Error("no"); });`,
    line: "1 passed, 1 failed",
    exitCode: 1,
  },
  {
    what: "a file that does not load",
    tests: `${pass} throw new Error("no");`,
    line: "0 passed, 1 failed",
    exitCode: 1,
  },
  {
    what: "a hook that fails",
    tests: `${pass} afterAll(() => { throw new Error("no"); });`,
    line: "1 passed, 1 failed",
    exitCode: 1,
  },
  {
    what: "an unhandled rejection",
    tests: `test("leaks", async () => { void Promise.reject(new Error("no")); });`,
    line: "1 passed, 1 failed",
    exitCode: 1,
  },
  { what: "a run that skips everything", tests: skip, line: "0 passed, 0 failed, 1 skipped", exitCode: 1 },
])("$what ends with the line $line and exit code $exitCode", async ({ tests, line, exitCode }) => {
  writeFileSync(
    join(folder, "fixture.test.ts"),
    `import { afterAll, test } from "vitest";\nvoid afterAll;\n${tests}\n`,
  );
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { SummaryReporter } from ${JSON.stringify(join(here, "summary-reporter.ts"))};
     export default { test: { include: ["fixture.test.ts"], reporters: ["default", new SummaryReporter()] } };`,
  );
  const summaryFile = join(folder, "summary");
  const run = await execaNode(vitest, ["run", "--root", folder], {
    reject: false,
    env: { TEST_SUMMARY_FILE: summaryFile },
  });
  expect(run.stdout.split("\n").at(-1)).toBe(line);
  expect(readFileSync(summaryFile, "utf8")).toBe(`${line}\n`);
  expect(run.exitCode).toBe(exitCode);
});
