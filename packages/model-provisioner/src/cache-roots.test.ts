import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { collectGarbage } from "@llama-orch/artifact-store";
import { FsCatalog } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { expect, test } from "vitest";
import { removeModel } from "./maintain/remove-model.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256 } from "./testing/files.ts";
import { openSetting, type Setting } from "./testing/setting.ts";
import { assertTidy } from "./testing/sound-cache.ts";

const weights = "the weights of a model";

function provisionerIn(
  { root, sources }: Setting,
  cache: string,
): ModelProvisioner<FsCatalog, ReturnType<typeof fileFetcher>> {
  return new ModelProvisioner(new FsCatalog(join(root, cache)), fileFetcher({ stage: "copy" }), { cwd: sources });
}

test("two caches share nothing: each brings the model, and what happens to one does nothing to the other", async () => {
  await using setting = await openSetting();
  await placeFile(setting.sources, "model.gguf", weights);
  const [one, other] = [provisionerIn(setting, "one"), provisionerIn(setting, "other")];
  const [here, there] = await Promise.all([
    one.ensurePresentStr("model.gguf", sha256(weights)),
    other.ensurePresentStr("model.gguf", sha256(weights)),
  ]);
  expect([here, there].map(({ id, report }) => ({ id, stagedBytes: report.stagedBytes }))).toEqual([
    { id: here.id, stagedBytes: weights.length },
    { id: here.id, stagedBytes: weights.length },
  ]);
  const { ino } = await stat(there.localPath);
  expect((await stat(here.localPath)).ino).not.toBe(ino);

  expect(await removeModel(one.catalog, here.id)).toEqual({ id: here.id, freedBytes: weights.length });
  await collectGarbage(one.catalog, { graceMs: 0 });
  await assertTidy(one.catalog.cacheDir, "one is without it");
  const again = await other.ensurePresentStr("model.gguf", sha256(weights));
  expect({ localPath: again.localPath, cached: again.report.cached }).toEqual({
    localPath: there.localPath,
    cached: true,
  });

  await rm(one.catalog.cacheDir, { recursive: true });
  expect((await other.ensurePresentStr("model.gguf", undefined, { verify: "always" })).report.cached).toBe(true);
  expect(await readFile(there.localPath, "utf8")).toBe(weights);
  expect((await stat(there.localPath)).ino).toBe(ino);
  await assertTidy(other.catalog.cacheDir, "the other has it");
});
