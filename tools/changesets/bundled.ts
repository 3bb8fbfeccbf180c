import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whether a changeset releases a library and not the package that carries a copy of it: changesets moves dependents, and
 * what is bundled is only a devDependency.
 */
export function forgetsTheBundle(named: readonly string[], bundle: string, bundled: readonly string[]): boolean {
  return !named.includes(bundle) && named.some((name) => bundled.includes(name));
}

/** The packages that a changeset moves: the keys of its front matter. */
export function namedBy(changeset: string): string[] {
  const [, frontMatter = ""] = changeset.split(/^---$/m);
  return [...frontMatter.matchAll(/^["']?(@?[\w./-]+)["']?:/gm)].flatMap(([, name]) => name ?? []);
}

const scope = "@llama-orch/";

/** The packages of this workspace that end up in the bundle of one: its devDependencies, and what those need to run. */
export function bundledInto(folder: string, packages: string): string[] {
  const found = new Set<string>();
  const add = (names: readonly string[]): void => {
    for (const name of names.filter((each) => each.startsWith(scope) && !found.has(each))) {
      found.add(name);
      add(namesUnder("dependencies", name.slice(scope.length), packages));
    }
  };
  add(namesUnder("devDependencies", folder, packages));
  return [...found];
}

function namesUnder(field: "dependencies" | "devDependencies", folder: string, packages: string): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; pnpm has read this file before.
  const json = JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8")) as Partial<
    Record<string, Record<string, string>>
  >;
  return Object.keys(json[field] ?? {});
}
