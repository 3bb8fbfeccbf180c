import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { collectGarbage } from "@llama-orch/artifact-store";
import { FsCatalog } from "@llama-orch/catalog-core";
import { type MemoryFetcher, memoryFetcher } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { removeModel } from "./maintain/remove-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { openFoldingFolder } from "./testing/folding-folder.ts";
import { entriesOf, openSetting } from "./testing/setting.ts";
import { contentOf } from "./testing/sound-cache.ts";

/** Two references that differ in case alone, and are two models. */
const models = {
  "Org/Model": { files: { "Weights.gguf": "of the upper one", "parts/A": "1" } },
  "org/model": { files: { "weights.gguf": "of the lower one", "parts/a": "2" } },
};

function provisionerIn(cacheDir: string): ModelProvisioner<FsCatalog, MemoryFetcher<"mem">> {
  return new ModelProvisioner(new FsCatalog(cacheDir), memoryFetcher({ models }));
}

test("what two references have that differ in case alone has names that differ in more, wherever it lies", async () => {
  await using setting = await openSetting();
  const provisioner = provisionerIn(setting.cacheDir);
  for (const name of Object.keys(models)) await provisioner.ensurePresentStr(`mem:${name}`);
  const paths = await readdir(setting.cacheDir, { recursive: true });
  const folded = new Set(paths.map((path) => path.normalize("NFC").toLowerCase()));
  expect(folded.size).toBe(paths.length);
  for (const folder of ["models", "locks"]) expect(await readdir(join(setting.cacheDir, folder))).toHaveLength(2);
});

test("on a file system that folds case, two such references stay two models", async ({ skip }) => {
  await using folder = await openFoldingFolder();
  // A machine may well have no such thing, and nothing that could be installed to make one.
  if (folder === undefined) return skip("no folder that folds case can be had here");
  const provisioner = provisionerIn(join(folder.path, "cache"));
  const { catalog } = provisioner;
  const paths = new Map<string, string>();
  for (const [name, { files }] of Object.entries(models)) {
    const { localPath } = await provisioner.ensurePresentStr(`mem:${name}`);
    paths.set(name, localPath);
    expect(lowered(await contentOf(localPath))).toEqual(lowered(files));
  }
  expect(await entriesOf(catalog)).toHaveLength(2);
  for (const name of Object.keys(models)) {
    expect((await provisioner.ensurePresentStr(`mem:${name}`)).report.cached).toBe(true);
  }

  await removeModel(catalog, "mem:Org/Model");
  await collectGarbage(catalog, { graceMs: 0 });
  const { localPath, report } = await provisioner.ensurePresentStr("mem:org/model", undefined, { verify: "always" });
  expect({ localPath, cached: report.cached }).toEqual({ localPath: paths.get("org/model"), cached: true });
  expect(await readFile(join(localPath, "weights.gguf"), "utf8")).toBe("of the lower one");
});

/** Some of these file systems show all names in lower case. */
function lowered(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path.toLowerCase(), content]));
}
