import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hfCliFetcher } from "@llama-orch/fetcher-hf-cli";
import { createProvisioner, fallback, type ResolvedModel } from "@llama-orch/model-provisioner";
import { describe, expect, test } from "vitest";
import { startTestHub, type TestHub } from "../../../tools/test-hub/src/index.ts";
import { hfFetcher } from "./hf-fetcher.ts";

const weights = "the weights of a model";

interface Setting extends AsyncDisposable {
  readonly hub: TestHub;
  readonly home: string;
  readonly cacheDir: string;
  ensure(reference: `hf:${string}`): Promise<ResolvedModel>;
}

async function openSetting(): Promise<Setting> {
  const hub = await startTestHub();
  const root = await mkdtemp(join(await realpath(tmpdir()), "fetcher-hf-"));
  const [home, cacheDir] = [join(root, "home"), join(root, "cache")];
  const fetcher = hfFetcher({ endpoint: hub.endpoint, env: { HOME: home }, baseDelayMs: 0, maxDelayMs: 0 });
  const provisioner = createProvisioner({ cacheDir, fetchers: [fetcher] });
  return {
    hub,
    home,
    cacheDir,
    ensure: (reference) => provisioner.ensurePresentStr(reference),
    async [Symbol.asyncDispose]() {
      await hub[Symbol.asyncDispose]();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

test("a file is published with the commit that its branch named, and trusted as far as the Hub declared it", async () => {
  await using setting = await openSetting();
  setting.hub.addRepository("org/repo", { files: { "model.gguf": weights } });
  const { localPath, report } = await setting.ensure("hf:org/repo/model.gguf");
  expect(await readFile(localPath, "utf8")).toBe(weights);
  expect(report).toMatchObject({ trust: "upstream", cached: false });
  expect(await setting.ensure("hf:org/repo/model.gguf")).toMatchObject({ localPath, report: { cached: true } });
});

test("a model in several parts is a folder, and its path is that of the first part", async () => {
  await using setting = await openSetting();
  setting.hub.addRepository("org/repo", {
    files: { "m-Q4_K_M-00001-of-00002.gguf": "one", "m-Q4_K_M-00002-of-00002.gguf": "two", "m-Q8_0.gguf": "eight" },
  });
  const { localPath } = await setting.ensure("hf:org/repo:Q4_K_M");
  expect(await readFile(localPath, "utf8")).toBe("one");
  const beside = (await readdir(join(localPath, ".."))).filter((name) => name.endsWith(".gguf"));
  expect(beside.toSorted()).toEqual(["m-Q4_K_M-00001-of-00002.gguf", "m-Q4_K_M-00002-of-00002.gguf"]);
});

test("the same content in another repository is not fetched again", async () => {
  await using setting = await openSetting();
  for (const name of ["org/one", "org/two"] as const)
    setting.hub.addRepository(name, { files: { "model.gguf": weights } });
  await setting.ensure("hf:org/one/model.gguf");
  const before = setting.hub.requests.filter(({ server }) => server === "cdn").length;
  expect((await setting.ensure("hf:org/two/model.gguf")).report).toMatchObject({ stagedBytes: 0 });
  expect(setting.hub.requests.filter(({ server }) => server === "cdn")).toHaveLength(before);
});

test("what the Python library has downloaded is adopted, and counted as there", async () => {
  await using setting = await openSetting();
  setting.hub.addRepository("org/repo", { files: { "model.gguf": weights } });
  const blobs = join(setting.home, ".cache/huggingface/hub/models--org--repo/blobs");
  await mkdir(blobs, { recursive: true });
  await writeFile(join(blobs, createHash("sha256").update(weights).digest("hex")), weights);
  const { localPath } = await setting.ensure("hf:org/repo/model.gguf");
  expect(await readFile(localPath, "utf8")).toBe(weights);
  expect(setting.hub.requests.filter(({ server }) => server === "cdn")).toEqual([]);
});

test("a changed branch is brought by refresh; what a commit names stays", async () => {
  await using setting = await openSetting();
  const repository = setting.hub.addRepository("org/repo", { files: { "model.gguf": "old" } });
  const old = repository.commit;
  const provisioner = createProvisioner({
    cacheDir: setting.cacheDir,
    fetchers: [hfFetcher({ endpoint: setting.hub.endpoint, env: { HOME: setting.home } })],
  });
  const first = await provisioner.ensurePresentStr("hf:org/repo/model.gguf");
  repository.commitFiles({ "model.gguf": "new" });
  expect((await provisioner.ensurePresentStr("hf:org/repo/model.gguf")).localPath).toBe(first.localPath);
  const second = await provisioner.ensurePresentStr("hf:org/repo/model.gguf", undefined, { refresh: true });
  expect(await readFile(second.localPath, "utf8")).toBe("new");
  expect(await readFile((await provisioner.ensurePresentStr(`hf:org/repo@${old}/model.gguf`)).localPath, "utf8")).toBe(
    "old",
  );
});

describe("with a fallback to the CLI", () => {
  test("the CLI is not looked for when the Hub answers, whatever it says", async () => {
    await using setting = await openSetting();
    const env = { HOME: setting.home, PATH: "" };
    const provisioner = createProvisioner({
      cacheDir: setting.cacheDir,
      fetchers: [fallback(hfFetcher({ endpoint: setting.hub.endpoint, env }), hfCliFetcher({ env }))],
    });
    await expect(provisioner.ensurePresentStr("hf:org/absent/model.gguf")).rejects.toMatchObject({
      code: "HF_REPOSITORY_NOT_FOUND",
    });
  });
});
