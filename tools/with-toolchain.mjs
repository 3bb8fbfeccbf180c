// Runs a script of the root package.json under the workspace's own tools: `node tools/with-toolchain.mjs test:here [ARG...]`.
//
// Plain JavaScript without dependencies, since it is the first thing that runs in a fresh clone: it needs a Node >= 20 and its npm.
// It installs what pnpm-lock.yaml lists, and then hands over to the Node that this brings (devDependency `node`).

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { quietly } from "./quietly.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const [script, ...scriptArguments] = process.argv.slice(2);
if (script === undefined) fail("Name a script of package.json: node tools/with-toolchain.mjs SCRIPT [ARG...]");
requireNode(20);
install();
process.exit(runUnderOwnNode(script, scriptArguments));

function requireNode(oldest) {
  if (Number.parseInt(process.versions.node, 10) >= oldest) return;
  fail(
    `This workspace needs Node ${oldest} or newer to set itself up; this is ${process.version}.`,
    "Install a current Node from https://nodejs.org (or with nvm, fnm or volta), and run the same command again.",
  );
}

/** About a second when there is nothing to do. */
function install() {
  if (!existsSync(join(root, "node_modules"))) {
    process.stderr.write("Setting the workspace up: installing what pnpm-lock.yaml lists. This may take a minute.\n");
  }
  // CI: without a terminal, pnpm would not replace a node_modules folder of another make.
  const code = quietly("npx -y pnpm@12 install --frozen-lockfile", { cwd: root, env: { ...process.env, CI: "true" } });
  if (code === 0) return;
  fail(
    "The workspace could not be set up; the reason is above. It needs npm, and the npm registry (or a mirror that .npmrc names).",
  );
}

function runUnderOwnNode(name, args) {
  const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node)) {
    fail(
      `The workspace's own Node is missing: ${node}`,
      "It arrives with the install script of the package `node`: allow install scripts (ignore-scripts=false), delete node_modules, and run again.",
    );
  }
  const env = withFirstOnPath(join(root, "node_modules", ".bin"));
  const result = spawnSync(node, ["--run", name, "--", ...args], { cwd: root, env, stdio: "inherit" });
  if (result.error !== undefined) fail(`${node} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

/** The variable is spelled PATH, Path or path on Windows, and a second spelling beside it would win or lose by chance. */
function withFirstOnPath(folder) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [name]: [folder, process.env[name] ?? ""].join(delimiter) };
}

function fail(...lines) {
  process.stderr.write(`${lines.join("\n")}\n`);
  process.exit(1);
}
