/**
 * `node tools/test-hub/src/serve.ts FOLDER…`: serves every `org/repo` folder below each FOLDER as a public repository, until
 * it is interrupted. For use by hand: `HF_ENDPOINT=… hf download org/repo`.
 */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FileSpec } from "./repository/repository-spec.ts";
import { startTestHub } from "./test-hub.ts";

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error(
    "Which folders? node tools/test-hub/src/serve.ts FOLDER…: each has folders org/repo, and they have files.",
  );
  process.exit(2);
}
const hub = await startTestHub();
for (const folder of folders) {
  for (const org of foldersIn(folder)) {
    for (const repo of foldersIn(join(folder, org))) {
      const { url } = hub.addRepository(`${org}/${repo}`, { files: filesBelow(resolve(folder, org, repo)) });
      console.log(url);
    }
  }
}
console.log(`HF_ENDPOINT=${hub.endpoint}`);

function foldersIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map(({ name }) => name);
}

function filesBelow(root: string): Readonly<Record<string, FileSpec>> {
  const entries = readdirSync(root, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    paths.map((diskPath) => [diskPath.slice(root.length + 1).replaceAll("\\", "/"), { diskPath }]),
  );
}
