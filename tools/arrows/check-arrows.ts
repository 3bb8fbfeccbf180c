import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";

/**
 * Which packages the sources of a package may import: the arrows of docs/architecture.md.
 * A name stands before a pattern, so that a new `fetcher-x` finds its rule here without an edit.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "catalog-core": [],
  hashing: ["catalog-core"],
  transfer: ["hashing", "catalog-core"],
  "artifact-store": ["hashing", "catalog-core"],
  "fetcher-file": ["hashing", "catalog-core"],
  "fetcher-hf-cli": ["hashing", "catalog-core"],
  "fetcher-hf": ["transfer", "hashing", "catalog-core"],
  "fetcher-*": ["transfer", "catalog-core"],
  "model-provisioner": ["artifact-store", "catalog-core", "fetcher-file"],
  "contract-tests": ["catalog-core"],
  cli: ["*"],
};

/** The command is bundled: what it imports comes along in its own file, and is no dependency of whoever installs it. */
const bundled: readonly string[] = ["cli"];

/** What no package may name, not even for its tests. */
const neverImported: readonly string[] = ["cli"];

const scope = "@llama-orch/";

if (import.meta.main) {
  const problems = checkArrows(fileURLToPath(new URL("../..", import.meta.url)));
  for (const problem of problems) console.error(problem);
  console.log(
    problems.length === 0 ? "Every arrow points the right way." : `${problems.length} arrows point the wrong way.`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}

/** One sentence a wrong arrow of the workspace at `root`; none if all is well. */
export function checkArrows(root: string): string[] {
  const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => checkPackage(entry.name, join(root, "packages", entry.name)));
  return [...packages, ...checkExample(join(root, "examples/custom-fetcher"))];
}

/** It shows that the contract is all that a fetcher needs. */
function checkExample(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const manifest = readManifest(join(folder, "package.json"));
  const example: Package = { name: "examples/custom-fetcher", folder, allowed: ["catalog-core"], manifest };
  return [...checkManifest(example), ...sourcesOf(folder).flatMap((file) => checkFile(example, file))];
}

function checkPackage(name: string, folder: string): string[] {
  const allowed = allowedFor(name);
  if (allowed === undefined) return [`${name}: the map in tools/arrows/check-arrows.ts has no rule for it; add one.`];
  const checked: Package = { name, folder, allowed, manifest: readManifest(join(folder, "package.json")) };
  return [...checkManifest(checked), ...sourcesOf(join(folder, "src")).flatMap((file) => checkFile(checked, file))];
}

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly allowed: readonly string[];
  readonly manifest: Manifest;
}

function checkManifest({ name, allowed, manifest }: Package): string[] {
  const wrong = manifest.runtime.filter((other) => !allows(allowed, other));
  const wrongForTests = manifest.development.filter((other) => neverImported.includes(other));
  return [
    ...wrong.map((other) => `${name}: package.json depends on ${other}.`),
    ...wrongForTests.map((other) => `${name}: package.json names ${other} under devDependencies.`),
  ];
}

function checkFile({ name, folder, allowed, manifest }: Package, file: string): string[] {
  const test = isTest(file);
  const declared = test || bundled.includes(name) ? [...manifest.runtime, ...manifest.development] : manifest.runtime;
  const at = `${name}: ${relative(folder, file).split(sep).join("/")}`;
  return importsOf(file).flatMap((specifier) => {
    const escapes = leaves(folder, file, specifier) && !(test && inWorkshop(folder, file, specifier));
    if (escapes) return [`${at} reaches out of its package: ${specifier}`];
    const other = packageOf(specifier);
    if (other === undefined || (test && other === name)) return [];
    if (!test && !allows(allowed, other)) return [`${at} imports ${other}.`];
    return declared.includes(other) ? [] : [`${at} imports ${other}, which package.json does not declare.`];
  });
}

function allowedFor(name: string): readonly string[] | undefined {
  return mayImport[name] ?? Object.entries(mayImport).find(([pattern]) => matches(pattern, name))?.[1];
}

function allows(allowed: readonly string[], other: string): boolean {
  return allowed.some((pattern) => matches(pattern, other)) && !neverImported.includes(other);
}

/** `fetcher-*` matches every name that begins so. */
function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

interface Manifest {
  readonly runtime: readonly string[];
  readonly development: readonly string[];
}

function readManifest(path: string): Manifest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; pnpm has read this file before.
  const json = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, string> | undefined>;
  const names = (...fields: string[]): string[] =>
    fields.flatMap((field) => Object.keys(json[field] ?? {})).flatMap((name) => packageOf(name) ?? []);
  return {
    runtime: names("dependencies", "peerDependencies", "optionalDependencies"),
    development: names("devDependencies"),
  };
}

function sourcesOf(src: string): string[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(src, file).split(sep).includes("node_modules"));
}

function isTest(file: string): boolean {
  return /\.test(-d)?\.ts$/.test(file) || file.split(sep).includes("testing");
}

/** Static, dynamic and type imports; not those in comments. */
function importsOf(file: string): string[] {
  return ts.preProcessFile(readFileSync(file, "utf8")).importedFiles.map((imported) => imported.fileName);
}

function leaves(folder: string, file: string, specifier: string): boolean {
  return specifier.startsWith(".") && relative(folder, resolve(dirname(file), specifier)).startsWith("..");
}

/** Tests use the private helpers under tools/ by their path: a devDependency on them would be published. */
function inWorkshop(folder: string, file: string, specifier: string): boolean {
  return resolve(dirname(file), specifier).startsWith(resolve(folder, "../../tools") + sep);
}

/** `catalog-core` of `@llama-orch/catalog-core/deep`; nothing for what is not of this workspace. */
function packageOf(specifier: string): string | undefined {
  return specifier.startsWith(scope) ? specifier.slice(scope.length).split("/")[0] : undefined;
}
