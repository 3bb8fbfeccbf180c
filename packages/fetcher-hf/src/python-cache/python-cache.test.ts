import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "vitest";
import type { HubFile } from "../hub/hub-file.ts";
import { inspectPythonCache } from "./inspect-python-cache.ts";
import { PythonCache } from "./python-cache.ts";

const content = "the weights of a model";
const sha256 = createHash("sha256").update(content).digest("hex");
const gitSha1 = createHash("sha1").update(`blob ${content.length}\0${content}`).digest("hex");
const large: HubFile = { path: "model.gguf", sizeBytes: content.length, sha256 };
const small: HubFile = { path: "config.json", sizeBytes: content.length, blobId: gitSha1 };

interface Setting {
  readonly folder: string;
  readonly blobs: string;
  adopt(file: HubFile, signal?: AbortSignal): Promise<readonly string[] | undefined>;
  arrived(): Promise<string>;
}

const test = base.extend<{ setting: Setting }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads the names of wanted fixtures off this pattern.
  setting: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), "python-cache-"));
    const folder = join(root, "hub");
    const blobs = join(folder, "models--org--repo", "blobs");
    await mkdir(blobs, { recursive: true });
    const path = join(root, "arrived");
    await use({
      folder,
      blobs,
      adopt: (file, signal = new AbortController().signal) =>
        new PythonCache(folder, "org/repo").adopt(
          file,
          { path, existingBytes: 0, journalPath: `${path}.journal` },
          { algorithms: ["sha256"], signal },
        ),
      arrived: () => readFile(path, "utf8"),
    });
    await rm(root, { recursive: true, force: true });
  },
});

test.for([
  [large, sha256],
  [small, gitSha1],
] as const)("a blob by its name: $path", async ([file, name], { setting }) => {
  await writeFile(join(setting.blobs, name), content);
  expect(await setting.adopt(file)).toEqual([`sha256:${sha256}`]);
  expect(await setting.arrived()).toBe(content);
});

test("a store that several caches share is followed to", async ({ setting }) => {
  const shared = join(setting.folder, "shared");
  await writeFile(shared, content);
  await symlink(shared, join(setting.blobs, sha256));
  expect(await setting.adopt(large)).toBeDefined();
});

test("what is not there, is of another size, is no file, or has no name, has to be fetched", async ({ setting }) => {
  expect(await setting.adopt(large)).toBeUndefined();
  await writeFile(join(setting.blobs, sha256), `${content}.`);
  expect(await setting.adopt(large)).toBeUndefined();
  await rm(join(setting.blobs, sha256));
  await mkdir(join(setting.blobs, sha256));
  expect(await setting.adopt(large)).toBeUndefined();
  expect(await setting.adopt({ path: "x", sizeBytes: 1 })).toBeUndefined();
});

test("what is damaged there is not taken, and is left there", async ({ setting }) => {
  const damaged = content.toUpperCase();
  for (const [file, name] of [
    [large, sha256],
    [small, gitSha1],
  ] as const) {
    await writeFile(join(setting.blobs, name), damaged);
    expect(await setting.adopt(file)).toBeUndefined();
    await expect(setting.arrived()).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(join(setting.blobs, name), "utf8")).toBe(damaged);
  }
});

test("the cache is not changed by it: neither names, nor times, nor permissions", async ({ setting }) => {
  const blob = join(setting.blobs, sha256);
  await writeFile(blob, content);
  await chmod(blob, 0o444);
  const before = await stat(blob);
  await setting.adopt(large);
  const after = await stat(blob);
  for (const fact of ["nlink", "mtimeMs", "ctimeMs", "mode", "size"] as const) expect(after[fact]).toBe(before[fact]);
});

test("an abort is thrown as it is", async ({ setting }) => {
  await writeFile(join(setting.blobs, sha256), content);
  await expect(setting.adopt(large, AbortSignal.abort("enough"))).rejects.toBe("enough");
});

test("what could be adopted is told, each file once", async ({ setting }) => {
  await writeFile(join(setting.blobs, sha256), content);
  await writeFile(join(setting.blobs, gitSha1), content);
  await writeFile(join(setting.blobs, `${"0".repeat(64)}.incomplete`), content);
  const other = join(setting.folder, "models--org--copy", "blobs");
  await mkdir(other, { recursive: true });
  await writeFile(join(other, sha256), content);
  const report = await inspectPythonCache({ HF_HUB_CACHE: setting.folder });
  expect(report).toEqual({ folder: setting.folder, repositories: 2, files: 1, sizeBytes: content.length });
  expect(await inspectPythonCache({ HF_HUB_CACHE: join(setting.folder, "absent") })).toMatchObject({ files: 0 });
});
