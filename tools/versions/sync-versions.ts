// Writes each package's version into its src/version.ts: `node tools/versions/sync-versions.ts`. Part of `release:version`.
//
// The sources hold the number, and do not read package.json: they also run bundled, where no package.json lies beside them.

import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A package whose `src/version.ts` names another version than its package.json. */
export interface StaleVersion {
  readonly file: string;
  readonly version: string;
  readonly text: string;
}

const declaration = /^(export const version: string = )"[^"]*";$/m;

export function staleVersions(root: string): StaleVersion[] {
  return globSync("packages/*/package.json", { cwd: root }).flatMap((manifest) => {
    const file = join(root, dirname(manifest), "src", "version.ts");
    if (!existsSync(file)) return [];
    const version = /"version": *"([^"]*)"/.exec(readFileSync(join(root, manifest), "utf8"))?.[1] ?? "";
    const before = readFileSync(file, "utf8");
    const text = before.replace(declaration, `$1${JSON.stringify(version)};`);
    return before.includes(`"${version}"`) ? [] : [{ file, version, text }];
  });
}

if (import.meta.main) {
  for (const { file, version, text } of staleVersions(fileURLToPath(new URL("../..", import.meta.url)))) {
    writeFileSync(file, text);
    process.stdout.write(`${file}: ${version}\n`);
  }
}
