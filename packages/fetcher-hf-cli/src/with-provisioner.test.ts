import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CatalogStore } from "@llama-orch/catalog-core";
import { createProvisioner, type EnsureOptions, type ResolvedModel } from "@llama-orch/model-provisioner";
import { describe, expect, test } from "vitest";
import { hfCliFetcher } from "./hf-cli-fetcher.ts";
import { type Bench, openBench } from "./testing/bench.ts";
import type { Behaviour } from "./testing/fake-cli.ts";

const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const token = "hf_0123456789abcdefghijABCDEFGHIJ";

/** Brings what a file beside the executable holds, of a commit that its content names. */
const brings: Behaviour = ({ args, fs, put, succeed, crypto }) => {
  const content = fs.readFileSync(`${process.argv[1]}.content`);
  const commit = crypto.createHash("sha1").update(content).digest("hex");
  const file = args[2] ?? "";
  if (file.startsWith("--")) put("config.json", "{}", { commit });
  put(file.startsWith("--") ? "sub/model.gguf" : file, content, { commit });
  succeed();
};

interface Setting extends Bench {
  readonly cacheDir: string;
  has(content: string): Promise<void>;
  ensure(reference: `hf:${string}`, digest?: string, options?: EnsureOptions): Promise<ResolvedModel>;
  readonly catalog: CatalogStore;
}

async function openSetting(download: Behaviour = brings): Promise<Setting> {
  const bench = await openBench({ download }, { env: { HF_TOKEN: token } });
  const cacheDir = join(bench.folder, "cache");
  const provisioner = createProvisioner({ cacheDir, fetchers: [hfCliFetcher({ env: bench.env })] });
  const has = (content: string): Promise<void> => writeFile(`${bench.cli.path}.content`, content);
  await has("abc");
  return {
    ...bench,
    cacheDir,
    has,
    catalog: provisioner.catalog,
    ensure: (reference, digest, options) => provisioner.ensurePresentStr(reference, digest, options),
  };
}

describe("a file", () => {
  test("is published with the commit that its branch named, and trusted as far as the Hub declared it", async () => {
    await using setting = await openSetting();
    const { id, localPath, report } = await setting.ensure("hf:org/repo/model.gguf");
    expect(await readFile(localPath, "utf8")).toBe("abc");
    expect(report).toMatchObject({ trust: "upstream", cached: false, digest: abc });
    expect(await setting.catalog.get(id)).toMatchObject({
      provenance: { fetcher: "fetcher-hf-cli", revision: expect.stringMatching(/^[0-9a-f]{40}$/), movedBytes: 3 },
    });
  });

  test("that is here is served without the CLI", async () => {
    await using setting = await openSetting();
    await setting.ensure("hf:org/repo/model.gguf");
    const calls = (await setting.cli.calls()).length;
    expect((await setting.ensure("hf:org/repo/model.gguf", abc)).report).toMatchObject({
      cached: true,
      trust: "verified",
    });
    expect(await setting.cli.calls()).toHaveLength(calls);
  });

  test("is asked for again by a refresh, which takes the newer commit", async () => {
    await using setting = await openSetting();
    const first = await setting.ensure("hf:org/repo/model.gguf");
    await setting.has("newer");
    const second = await setting.ensure("hf:org/repo/model.gguf", undefined, { refresh: true });
    expect(await readFile(second.localPath, "utf8")).toBe("newer");
    expect(await readFile(first.localPath, "utf8")).toBe("abc");
  });

  test("of another digest than the caller's is DIGEST_MISMATCH, and kept for who expects it", async () => {
    await using setting = await openSetting();
    const other = `sha256:${"0".repeat(64)}`;
    await expect(setting.ensure("hf:org/repo/model.gguf", other)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    expect((await setting.ensure("hf:org/repo/model.gguf", abc)).report.trust).toBe("verified");
    expect(await setting.cli.downloads()).toHaveLength(1);
  });
});

test("a repository is published whole, without the CLI's notes", async () => {
  await using setting = await openSetting();
  const { localPath, id } = await setting.ensure("hf:org/repo");
  expect((await readdir(localPath, { recursive: true })).toSorted()).toEqual(["config.json", "sub", "sub/model.gguf"]);
  expect(await setting.catalog.get(id)).toMatchObject({ kind: "directory", trust: "upstream" });
});

test("no token is found in anything that is left on the disk", async () => {
  await using setting = await openSetting();
  await setting.ensure("hf:org/repo");
  const files = await readdir(setting.cacheDir, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")),
  );
  expect(texts.length).toBeGreaterThan(2);
  for (const text of texts) expect(text).not.toContain(token);
});

test("a failure registers nothing, and is told as the fetcher told it", async () => {
  await using setting = await openSetting(() => {
    process.stderr.write("Error: Access denied. This repository requires approval.\n");
    process.exitCode = 1;
  });
  await expect(setting.ensure("hf:org/repo/model.gguf")).rejects.toMatchObject({ code: "HF_GATED" });
  expect(await setting.catalog.get("hf:org/repo/model.gguf")).toBeUndefined();
});

/** Writes the first half, and the second one when it is told to: the first time, also long after it was left alone. */
const inHalves: Behaviour = ({ fs, folder, note, sha256, succeed, args }) => {
  const beside = process.argv[1] ?? "";
  const file = `${folder}/${args[2]}`;
  const isFirst = !fs.existsSync(`${beside}.started`);
  fs.writeFileSync(`${beside}.started`, String(process.pid));
  const open = fs.openSync(file, "w");
  fs.writeSync(open, isFirst ? "XX" : "ab", 0);
  const waiting = setInterval(() => {
    if (isFirst && !fs.existsSync(`${beside}.go`)) return;
    clearInterval(waiting);
    fs.writeSync(open, isFirst ? "XXXX" : "c", isFirst ? 0 : 2);
    note(String(args[2]), "a".repeat(40), sha256("abc"));
    if (isFirst) fs.writeFileSync(`${beside}.done`, "");
    succeed();
  }, 5);
};

test.skipIf(process.platform === "win32")(
  "a process that is killed leaves a CLI behind, which writes on: the next one brings the model, and nothing writes into it",
  async () => {
    await using setting = await openSetting(inHalves);
    const [program, beside] = [join(import.meta.dirname, "testing", "ensure-process.ts"), setting.cli.path];
    const reference = "hf:org/repo/model.gguf";
    const first = spawn(process.execPath, [program, setting.cacheDir, setting.cli.folder, reference], {
      stdio: "ignore",
    });
    await expect.poll(() => existsSync(`${beside}.started`), { timeout: 20_000 }).toBe(true);
    first.kill("SIGKILL");
    const { localPath } = await setting.ensure(reference, abc);
    await writeFile(`${beside}.go`, "");
    await expect.poll(() => existsSync(`${beside}.done`), { timeout: 20_000 }).toBe(true);
    expect(await readFile(localPath, "utf8")).toBe("abc");
  },
);
