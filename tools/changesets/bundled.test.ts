import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundledInto, forgetsTheBundle, namedBy } from "./bundled.ts";

const workspace = join(import.meta.dirname, "../..");
const bundle = "@llama-orch/cli";
const bundled = bundledInto("cli", join(workspace, "packages"));

test("what the command bundles is found, also what only its libraries need", () => {
  expect(bundled).toEqual(
    expect.arrayContaining(["@llama-orch/catalog-core", "@llama-orch/hashing", "@llama-orch/model-provisioner"]),
  );
  expect(bundled).not.toContain("@llama-orch/contract-tests");
});

test("the names of a changeset are read, quoted either way, and not those in its text", () => {
  const text =
    '---\n"@llama-orch/cli": minor\n\'@llama-orch/hashing\': patch\n---\n\n"@llama-orch/catalog-core": minor\n';
  expect(namedBy(text)).toEqual(["@llama-orch/cli", "@llama-orch/hashing"]);
  expect(namedBy("---\n---\n\nNothing to release.\n")).toEqual([]);
});

test("a changeset of a bundled library without the command is told from the others", () => {
  expect(forgetsTheBundle(["@llama-orch/hashing"], bundle, bundled)).toBe(true);
  expect(forgetsTheBundle(["@llama-orch/hashing", bundle], bundle, bundled)).toBe(false);
  expect(forgetsTheBundle(["@llama-orch/contract-tests"], bundle, bundled)).toBe(false);
});

test("every changeset that touches what the command bundles releases the command as well", () => {
  const folder = join(workspace, ".changeset");
  const changesets = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");
  const wrong = changesets.filter((name) =>
    forgetsTheBundle(namedBy(readFileSync(join(folder, name), "utf8")), bundle, bundled),
  );
  expect(wrong).toEqual([]);
});
