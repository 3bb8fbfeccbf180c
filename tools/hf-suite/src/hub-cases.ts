import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type TestAPI } from "vitest";
import type { TestHub } from "../../test-hub/src/index.ts";
import type { HubRun } from "./hub-run.ts";
import { reader, stranger, weights } from "./model-hub.ts";

/**
 * The tests that every fetcher of `hf:` references passes.
 * @param test has a `run` of its own for each test.
 * @param hub that of `startModelHub` which the run asks.
 */
export function hubCases(test: TestAPI<{ run: HubRun }>, hub: () => TestHub): void {
  test("a file of large storage: its bytes, compared, of the commit", async ({ run }) => {
    const { commit } = hub().addRepository("org/one", { files: { "dir/model.gguf": weights } });
    const fetched = await run.fetch("hf:org/one/dir/model.gguf");
    expect(fetched).toMatchObject({ revision: commit, movedBytes: weights.length });
    expect(fetched.files).toMatchObject([{ path: "dir/model.gguf", sizeBytes: weights.length, sourceChecked: true }]);
    expect((await run.read("dir/model.gguf")).equals(weights)).toBe(true);
  });

  test("a small file, compared by its git name", async ({ run }) => {
    const fetched = await run.fetch("hf:org/model/config.json");
    expect(fetched.files).toMatchObject([{ path: "config.json", sourceChecked: true }]);
    expect(String(await run.read("config.json"))).toBe("{}");
  });

  test("a whole repository, and nothing else", async ({ run }) => {
    const { files, plan, revision } = await run.fetch("hf:org/model");
    expect(revision).toMatch(/^[0-9a-f]{40}$/);
    const paths = ["README.md", "config.json", "model-fp16.gguf", "model-q4.gguf", "sub/folder/model.safetensors"];
    expect(plan.files.map(({ path }) => path)).toEqual(paths);
    expect(files.every(({ sourceChecked }) => sourceChecked === true)).toBe(true);
    expect((await run.read("sub/folder/model.safetensors")).equals(weights)).toBe(true);
  });

  test("what patterns select, several of each kind", async ({ run }) => {
    const { files } = await run.fetch("hf:org/model?include=*.gguf&include=*.json&exclude=*fp16*&exclude=*nothing*");
    expect(files.map(({ path }) => path)).toEqual(["config.json", "model-q4.gguf"]);
    expect(await run.failure("hf:org/model?include=*.onnx")).toMatchObject({ code: "HF_FILE_NOT_FOUND" });
  });

  test("a branch with a slash, a tag, and a commit that is no longer the newest", async ({ run }) => {
    await run.fetch("hf:org/model@refs%2Fpr%2F1/config.json");
    expect(String(await run.read("config.json"))).toBe("[1]");
    const repository = hub().addRepository("org/moving", { files: { "config.json": "old" }, tags: ["v1"] });
    const { commit } = repository;
    repository.commitFiles({ "config.json": "new" });
    for (const revision of ["v1", commit]) {
      expect((await run.fetch(`hf:org/moving@${revision}/config.json`)).revision).toBe(commit);
      expect(String(await run.read("config.json"))).toBe("old");
    }
  });

  test("a private repository needs its token, which goes to the Hub alone", async ({ run }) => {
    expect(await run.failure("hf:org/private/model.gguf")).toMatchObject({ code: "HF_REPOSITORY_NOT_FOUND" });
    run.env["HF_TOKEN"] = reader;
    await run.fetch("hf:org/private/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("private");
    const toCdn = hub().requests.filter(({ server }) => server === "cdn");
    expect(toCdn.length).toBeGreaterThan(0);
    expect(toCdn.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  test("a token is found where the Python library finds it: in its home, or where HF_TOKEN_PATH says", async ({
    run,
  }) => {
    const home = String(run.env["HF_HOME"]);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "token"), reader);
    await run.fetch("hf:org/private/model.gguf");
    await rename(join(home, "token"), join(home, "elsewhere"));
    expect(await run.failure("hf:org/private/model.gguf")).toMatchObject({ code: "HF_REPOSITORY_NOT_FOUND" });
    run.env["HF_TOKEN_PATH"] = join(home, "elsewhere");
    await run.fetch("hf:org/private/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("private");
  });

  test("a gated repository says where to ask for access, and is fetched by whom it was granted to", async ({ run }) => {
    const page = `${hub().endpoint}/org/gated`;
    for (const token of [undefined, stranger]) {
      if (token !== undefined) run.env["HF_TOKEN"] = token;
      const error = await run.failure("hf:org/gated/model.gguf");
      expect(error).toMatchObject({ code: "HF_GATED", facts: { accessUrl: page } });
      expect(error.hint).toContain(page);
    }
    run.env["HF_TOKEN"] = reader;
    await run.fetch("hf:org/gated/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("gated");
  });

  test.for([
    ["hf:org/absent/model.gguf", "HF_REPOSITORY_NOT_FOUND"],
    ["hf:org/absent", "HF_REPOSITORY_NOT_FOUND"],
    ["hf:org/model/absent.gguf", "HF_FILE_NOT_FOUND"],
    ["hf:org/model@absent/config.json", "HF_REVISION_NOT_FOUND"],
    ["hf:org/model@absent", "HF_REVISION_NOT_FOUND"],
    ["hf:org/disabled/model.gguf", "HF_REPOSITORY_DISABLED"],
  ] as const)("%s is %s", async ([reference, code], { run }) => {
    expect(await run.failure(reference)).toMatchObject({ code });
  });

  test("a token that the Hub does not know is HF_TOKEN_INVALID, and is not told", async ({ run }) => {
    const token = "hf_unknownunknownunknownunknownunk";
    run.env["HF_TOKEN"] = token;
    const error = await run.failure("hf:org/model/config.json");
    expect(error).toMatchObject({ code: "HF_TOKEN_INVALID" });
    expect(JSON.stringify(error)).not.toContain(token);
  });

  test("HF_HUB_OFFLINE is respected, and said", async ({ run }) => {
    run.env["HF_HUB_OFFLINE"] = "1";
    expect(await run.failure("hf:org/model/config.json")).toMatchObject({ code: "HF_OFFLINE" });
    expect(hub().requests).toEqual([]);
  });

  test("bytes that were changed on the way are HF_CONTENT_MISMATCH", async ({ run }) => {
    hub().inject({ kind: "corrupt", atByte: 1_000, when: ({ server }) => server === "cdn" });
    const error = await run.failure("hf:org/model/model-q4.gguf");
    expect(error).toMatchObject({ code: "HF_CONTENT_MISMATCH", facts: { path: "model-q4.gguf" } });
  });

  test("an abort ends it, with its own reason", async ({ run }) => {
    const stall = hub().inject({ kind: "stall", afterBytes: 100_000, when: ({ server }) => server === "cdn" });
    const controller = new AbortController();
    const fetching = run
      .fetch("hf:org/model/model-q4.gguf", { signal: controller.signal })
      .catch((error: unknown) => error);
    await Promise.race([stall.acted, fetching]);
    const reason = { because: "enough" };
    controller.abort(reason);
    expect(await fetching).toBe(reason);
  });
}
