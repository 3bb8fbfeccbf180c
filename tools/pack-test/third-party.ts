import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { bundledInto } from "../changesets/bundled.ts";

/** A package from elsewhere, and what has to go along with a copy of it. */
export interface ThirdParty {
  readonly name: string;
  /** Where it is from, as its package says. */
  readonly home: string;
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
  for (const name of Object.keys(readManifest(manifest).dependencies ?? {})) {
    const theirs = findPackageJSON(name, manifest);
    if (theirs === undefined) throw new Error(`${name}, which ${manifest} depends on, is not installed.`);
    if (name.startsWith("@llama-orch/") || found.has(name)) continue;
    found.set(name, { name, home: homeOf(theirs), licence: licenceIn(dirname(theirs)) });
    // What a link leads to has its own dependencies beside it.
    addDependencies(realpathSync(theirs), found);
  }
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly license?: string;
  readonly author?: string | { readonly name?: string };
  readonly homepage?: string;
  readonly repository?: string | { readonly url?: string };
}

function readManifest(path: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; a package manager has read this file before.
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}

function homeOf(manifest: string): string {
  const { repository, homepage = "" } = readManifest(manifest);
  const url = typeof repository === "string" ? repository : (repository?.url ?? homepage);
  return url
    .replace(/^(?:git\+)?(?:ssh:\/\/git@|git:\/\/)/, "https://")
    .replace(/^git\+/, "")
    .replace(/^(?:github:)?([\w.-]+\/[\w.-]+)$/, "https://github.com/$1")
    .replace(/\.git$/, "");
}

function licenceIn(folder: string): string {
  const name = readdirSync(folder).find((entry) => /^licen[cs]e\b/i.test(entry));
  if (name !== undefined) return readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trimEnd();
  // Some packages only name theirs. The text of Apache has no names of people in it: it is the one of this repository.
  const { license, author } = readManifest(join(folder, "package.json"));
  const holder = typeof author === "string" ? author : author?.name;
  if (license === "Apache-2.0") return apacheLicence();
  if (license === "MIT" && holder !== undefined) return mitLicence(holder);
  throw new Error(`${folder} has no licence.`);
}

function apacheLicence(): string {
  return readFileSync(join(import.meta.dirname, "../../LICENSE"), "utf8").trimEnd();
}

/** As SPDX has it. */
function mitLicence(holder: string): string {
  return `MIT License

Copyright (c) ${holder}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;
}
