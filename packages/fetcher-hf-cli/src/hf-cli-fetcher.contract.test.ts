import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseModelRef } from "@llama-orch/catalog-core";
import { modelFetcherContract } from "@llama-orch/contract-tests";
import { expect, test } from "vitest";
import { hfCliFetcher } from "./hf-cli-fetcher.ts";
import { type Behaviour, fakeCli } from "./testing/fake-cli.ts";

/** A Hub made of folders: `$HF_HOME/../hub/REPOSITORY/COMMIT/…`, and `main`, which names a commit. */
const downloads: Behaviour = ({ args, fs, put, succeed, hang }) => {
  const [, repository = "", second = ""] = args;
  const root = `${process.env["HF_HOME"]}/${repository}`;
  const fail = (line: string): void => {
    process.stderr.write(`${line} ${process.env["HF_TOKEN"] ?? ""}\n`);
    process.exitCode = 1;
  };
  if (!fs.existsSync(root)) return fail("Error: Repository not found. Token:");
  const revision = args.includes("--revision") ? (args[args.indexOf("--revision") + 1] ?? "") : "main";
  const commit = revision === "main" ? fs.readFileSync(`${root}/main`, "utf8") : revision;
  const files = fs
    .readdirSync(`${root}/${commit}`, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile());
  const base = `${root}/${commit}/`;
  for (const file of files) {
    const path = `${file.parentPath}/${file.name}`.slice(base.length);
    if (!second.startsWith("-") && path !== second) continue;
    put(path, fs.readFileSync(base + path), { commit });
    if (path !== "slow.gguf") continue;
    fs.writeFileSync(String(process.env["HF_UNDERWAY"]), "");
    return hang();
  }
  succeed();
  return undefined;
};

const single = { "model.gguf": "abc" };
const several = { "config.json": "{}", "weights/part-1": "one", "weights/part-2": "two" };
const secret = "hf_0123456789abcdefghijABCDEFGHIJ";

modelFetcherContract({
  test,
  async factory(directory) {
    const hub = join(directory, "hub");
    // Elsewhere: the fake writes down its calls.
    const own = await mkdtemp(join(tmpdir(), "hf-cli-contract-"));
    const { folder } = await fakeCli(own, { download: downloads });
    const underway = join(own, "underway");
    const commit = await publish(join(hub, "org/single"), single);
    await publish(join(hub, "org/several"), several);
    await publish(join(hub, "org/slow"), { "slow.gguf": "abc" });
    const present = { ref: parseModelRef(`hf:org/single@${commit}/model.gguf`), files: single };
    return {
      fetcher: hfCliFetcher({
        env: { PATH: folder, HF_HOME: hub, HF_TOKEN: secret, HF_UNDERWAY: underway },
        killAfterMs: 50,
      }),
      cases: {
        present,
        directory: { ref: parseModelRef("hf:org/several"), files: several },
        missing: { ref: parseModelRef("hf:org/absent/model.gguf"), code: "HF_REPOSITORY_NOT_FOUND" },
        unsupported: { ref: parseModelRef("hf:org/single:Q4_K_M"), code: "HF_CLI_FORM_UNSUPPORTED" },
        slow: { ref: parseModelRef("hf:org/slow/slow.gguf"), underway: () => seen(underway) },
        change: {
          ...present,
          change: async () => void (await publish(join(hub, "org/single"), { "model.gguf": "other" })),
        },
        secret: { ref: parseModelRef("hf:org/absent/model.gguf"), secret },
      },
      teardown: () => rm(own, { recursive: true, force: true }),
    };
  },
  supports: { normalize: false, declaredDigests: false },
});

/** A commit of these files, which `main` names from now on. */
async function publish(repository: string, files: Readonly<Record<string, string>>): Promise<string> {
  const commit = createHash("sha1").update(JSON.stringify(files)).digest("hex");
  for (const [path, content] of Object.entries(files)) {
    const at = join(repository, commit, path);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, content);
  }
  await writeFile(join(repository, "main"), commit);
  return commit;
}

async function seen(path: string): Promise<void> {
  await expect.poll(() => existsSync(path), { timeout: 20_000, interval: 10 }).toBe(true);
}
