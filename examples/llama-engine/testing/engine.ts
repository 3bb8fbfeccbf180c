import { execa } from "execa";
import { type Made, madeOnce } from "./made-once.ts";

/** The folder that `package.json` links to is called by it. */
const version = "3.21.1";

/** What node-llama-cpp calls its builds for the CPU, or for Metal. Those for CUDA and Vulkan would take 600 MB more. */
const builds: Readonly<Record<string, string>> = {
  "darwin-arm64": "mac-arm64-metal",
  "darwin-x64": "mac-x64",
  "linux-arm64": "linux-arm64",
  "linux-x64": "linux-x64",
  "win32-arm64": "win-arm64",
  "win32-x64": "win-x64",
};

/**
 * node-llama-cpp and llama.cpp as its makers have built it, 83 MB, which the workspace is not installed with. Making it needs npm and
 * its registry. No script of a package is run: those would compile, or download from elsewhere.
 */
export async function engine(): Promise<Made> {
  return madeOnce(`node-llama-cpp-${version}`, async (folder) => {
    const machine = `${process.platform}-${process.arch}`;
    const build = builds[machine];
    if (build === undefined) throw new Error(`There is no build for ${machine}.`);
    const wanted = [`node-llama-cpp@${version}`, `@node-llama-cpp/${build}@${version}`];
    const lean = ["--ignore-scripts", "--omit=optional", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
    await execa("npm", ["install", ...lean, "--prefix", folder, ...wanted], { stdin: "ignore", timeout: 240_000 });
  });
}
