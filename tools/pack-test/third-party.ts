import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { bundledInto } from "../changesets/bundled.ts";

/** A package from elsewhere, and what has to go along with a copy of it. */
export interface ThirdParty {
  readonly name: string;
  readonly licence: string;
}

/** What the packages that one bundles need from elsewhere, and what that needs in turn. */
export function thirdPartiesOf(folder: string, packages: string): ThirdParty[] {
  const found = new Map<string, ThirdParty>();
  const ours = bundledInto(folder, packages).map((name) =>
    join(packages, name.replace(/^@[^/]+\//, ""), "package.json"),
  );
  for (const manifest of ours) addDependencies(manifest, found);
  return [...found.values()];
}

function addDependencies(manifest: string, found: Map<string, ThirdParty>): void {
  for (const name of Object.keys(dependenciesOf(manifest))) {
    const theirs = findPackageJSON(name, manifest);
    if (theirs === undefined) throw new Error(`${name}, which ${manifest} depends on, is not installed.`);
    if (name.startsWith("@llama-orch/") || found.has(name)) continue;
    found.set(name, { name, licence: licenceIn(dirname(theirs)) });
    // What a link leads to has its own dependencies beside it.
    addDependencies(realpathSync(theirs), found);
  }
}

function dependenciesOf(manifest: string): Readonly<Record<string, string>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; a package manager has read this file before.
  const { dependencies = {} } = JSON.parse(readFileSync(manifest, "utf8")) as {
    dependencies?: Readonly<Record<string, string>>;
  };
  return dependencies;
}

function licenceIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => /^licen[cs]e\b/i.test(entry));
  if (name === undefined) throw new Error(`${folder} has no licence.`);
  return readFileSync(join(folder, name), "utf8").trimEnd();
}
