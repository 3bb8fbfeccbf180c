import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkArrows } from "./check-arrows.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "arrows-"));
  addPackage("catalog-core", {}, { "index.ts": "export const word = 1;" });
});
afterEach(() => rmSync(root, { recursive: true }));

test("a tree with the right arrows has no problems", () => {
  addPackage(
    "fetcher-file",
    { dependencies: ["catalog-core"], devDependencies: ["contract-tests"] },
    {
      "index.ts": `import { word } from "@llama-orch/catalog-core";\nimport "./other.ts";\n/** import "@llama-orch/cli" */`,
      "other.ts": `// import "@llama-orch/artifact-store";\nexport {};`,
      "index.test.ts": `import { suite } from "@llama-orch/contract-tests";`,
    },
  );
  addPackage("cli", { devDependencies: ["fetcher-file"] }, { "main.ts": `import "@llama-orch/fetcher-file";` });
  expect(checkArrows(root)).toEqual([]);
});

test.each([
  ["a static import", `import { x } from "@llama-orch/artifact-store";`],
  ["an import over lines", `import {\n  x,\n  y,\n} from "@llama-orch/artifact-store";`],
  ["a re-export", `export * from "@llama-orch/artifact-store";`],
  ["a type import", `import type { X } from "@llama-orch/artifact-store";`],
  ["an import type", `export type X = import("@llama-orch/artifact-store").X;`],
  ["a dynamic import", `export const x = await import("@llama-orch/artifact-store");`],
  ["a deep import", `import "@llama-orch/artifact-store/src/x.ts";`],
])("a fetcher may not reach the store by %s", (_, text) => {
  addPackage("fetcher-new", { dependencies: ["catalog-core"] }, { "deep/file.ts": text });
  expect(checkArrows(root)).toEqual(["fetcher-new: src/deep/file.ts imports artifact-store."]);
});

test.each(["fetcher-file", "model-provisioner", "hashing", "cli"])("a fetcher may not depend on %s", (other) => {
  addPackage("fetcher-new", { dependencies: ["catalog-core", other] }, { "index.ts": "" });
  expect(checkArrows(root)).toEqual([`fetcher-new: package.json depends on ${other}.`]);
});

test("a fetcher may depend on transfer, which fetcher-file may not", () => {
  addPackage("fetcher-new", { dependencies: ["transfer"] }, { "index.ts": "" });
  addPackage("fetcher-file", { dependencies: ["transfer"] }, { "index.ts": "" });
  expect(checkArrows(root)).toEqual(["fetcher-file: package.json depends on transfer."]);
});

test("nobody imports cli, not even for tests", () => {
  addPackage("contract-tests", { devDependencies: ["cli"] }, { "a.test.ts": `import "@llama-orch/cli";` });
  expect(checkArrows(root)).toEqual(["contract-tests: package.json names cli under devDependencies."]);
});

test("an import must be declared, and sources may not live off devDependencies", () => {
  addPackage(
    "hashing",
    { devDependencies: ["catalog-core"] },
    {
      "index.ts": `import "@llama-orch/catalog-core";`,
      "index.test.ts": `import "@llama-orch/catalog-core";`,
      "testing/server.ts": `import "@llama-orch/contract-tests";`,
    },
  );
  expect(checkArrows(root).toSorted()).toEqual([
    "hashing: src/index.ts imports catalog-core, which package.json does not declare.",
    "hashing: src/testing/server.ts imports contract-tests, which package.json does not declare.",
  ]);
});

test("relative imports stay within their package", () => {
  addPackage("hashing", {}, { "index.ts": `import "../../catalog-core/src/index.ts";` });
  expect(checkArrows(root)).toEqual([
    "hashing: src/index.ts reaches out of its package: ../../catalog-core/src/index.ts",
  ]);
});

test("tests may use the workshop, sources may not", () => {
  addPackage(
    "hashing",
    {},
    {
      "a.test.ts": `import "../../../tools/crash-harness/src/index.ts";`,
      "a.ts": `import "../../../tools/crash-harness/src/index.ts";`,
    },
  );
  expect(checkArrows(root)).toEqual([
    "hashing: src/a.ts reaches out of its package: ../../../tools/crash-harness/src/index.ts",
  ]);
});

test("the example of a fetcher needs the contract alone, its tests more", () => {
  const needs = { dependencies: ["catalog-core", "hashing"], devDependencies: ["contract-tests"] };
  addPackageAt("examples/custom-fetcher", needs, {
    "fetcher.ts": `import "@llama-orch/catalog-core";\nimport "@llama-orch/hashing";`,
    "fetcher.test.ts": `import "@llama-orch/contract-tests";`,
  });
  expect(checkArrows(root)).toEqual([
    "examples/custom-fetcher: package.json depends on hashing.",
    "examples/custom-fetcher: fetcher.ts imports hashing.",
  ]);
});

test("a package that the map does not know needs a rule", () => {
  addPackage("novelty", {}, { "index.ts": "" });
  expect(checkArrows(root)).toEqual(["novelty: the map in tools/arrows/check-arrows.ts has no rule for it; add one."]);
});

interface Needs {
  dependencies?: string[];
  devDependencies?: string[];
}

function addPackage(name: string, needs: Needs, sources: Record<string, string>): void {
  const inSrc = Object.fromEntries(Object.entries(sources).map(([path, text]) => [`src/${path}`, text]));
  addPackageAt(`packages/${name}`, needs, inSrc);
}

function addPackageAt(path: string, needs: Needs, sources: Record<string, string>): void {
  const folder = join(root, path);
  const versions = (names: string[] = []): Record<string, string> =>
    Object.fromEntries(names.map((other) => [`@llama-orch/${other}`, "workspace:^"]));
  write(
    join(folder, "package.json"),
    JSON.stringify({
      dependencies: versions(needs.dependencies),
      devDependencies: versions(needs.devDependencies),
    }),
  );
  for (const [file, text] of Object.entries(sources)) write(join(folder, file), text);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
