import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";

/** What the linter must say of each file in fixtures/, which the ordinary lint leaves out. */
const rejected: Readonly<Record<string, string>> = {
  "any-from-outside.ts": "typescript(no-unsafe-return)",
  "console.ts": "eslint(no-console)",
  "default-export.ts": "import(no-default-export)",
  "empty-test.test.ts": "vitest(expect-expect)",
  "environment.ts": "node(no-process-env)",
  "explicit-any.ts": "typescript(no-explicit-any)",
  "floating-promise-behind-types.ts": "typescript(no-floating-promises)",
  "floating-promise.ts": "typescript(no-floating-promises)",
  "import-cycle-back.ts": "import(no-cycle)",
  "import-cycle.ts": "import(no-cycle)",
  "misused-promise.ts": "typescript(no-misused-promises)",
  "missed-case.ts": "typescript(switch-exhaustiveness-check)",
  "non-null-assertion.ts": "typescript(no-non-null-assertion)",
  "unsafe-assertion.ts": "typescript(no-unsafe-type-assertion)",
};

const workspace = join(import.meta.dirname, "../..");
const fixtures = join(import.meta.dirname, "fixtures");

let root: string;
let found: Readonly<Record<string, readonly string[]>>;

/** The fixtures stand where a library package would, under a copy of the workspace's own rules. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "lint-rules-"));
  copyFileSync(join(workspace, ".oxlintrc.json"), join(root, ".oxlintrc.json"));
  symlinkSync(join(workspace, "node_modules"), join(root, "node_modules"), "junction");
  writeFileSync(
    join(root, "tsconfig.json"),
    JSON.stringify({ extends: join(workspace, "tsconfig.base.json"), include: ["packages"] }),
  );
  cpSync(fixtures, join(root, "packages/fixture/src"), { recursive: true });
  found = await lint();
});
afterAll(() => rmSync(root, { recursive: true }));

test("every fixture has its rule", () => {
  expect(Object.keys(rejected).toSorted()).toEqual(readdirSync(fixtures).toSorted());
});

test.each(Object.entries(rejected))("%s is rejected by %s alone", (file, rule) => {
  expect(found[file]).toEqual([rule]);
});

async function lint(): Promise<Record<string, string[]>> {
  const oxlint = await execa("oxlint", ["--type-aware", "--deny-warnings", "--format", "json", "packages"], {
    cwd: root,
    preferLocal: true,
    localDir: workspace,
    reject: false,
  });
  expect(oxlint.exitCode).toBe(1);
  const report = JSON.parse(oxlint.stdout) as { diagnostics: { filename: string; code: string }[] };
  return Object.fromEntries(
    Object.entries(
      Object.groupBy(report.diagnostics, ({ filename }) => filename.split(/[\\/]/).at(-1) ?? filename),
    ).map(([file, diagnostics = []]) => [file, [...new Set(diagnostics.map(({ code }) => code))]]),
  );
}
