import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { FetchProgress } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { openBench } from "./testing/bench.ts";

const commit = "a".repeat(40);

describe("a file", () => {
  test("is brought to its target, with its digest, its commit, and the word that it is what the Hub declared", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("sub/model.gguf", "abc");
        succeed();
      },
    });
    const fetched = await bench.fetch("hf:org/repo/sub/model.gguf");
    expect(fetched.planned).toMatchObject({ kind: "file", files: [{ path: "sub/model.gguf" }], location: "managed" });
    expect(fetched).toMatchObject({
      revision: commit,
      movedBytes: 3,
      reusedBytes: 0,
      files: [
        {
          path: "sub/model.gguf",
          sizeBytes: 3,
          digests: ["sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
          sourceChecked: true,
        },
      ],
    });
    expect(await readFile((await bench.ingest.target("sub/model.gguf")).path, "utf8")).toBe("abc");
  });

  test("leaves nothing beside it in the ingest: neither the CLI's notes nor the attempt's folder", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("model.gguf", "abc");
        succeed();
      },
    });
    await bench.fetch("hf:org/repo/model.gguf");
    expect(await readdir(bench.ingest.directory)).toEqual(["model.gguf"]);
  });

  test("small enough for git is compared with its git name", async () => {
    await using bench = await openBench({
      download({ put, succeed, gitSha1 }) {
        put("config.json", "{}", { etag: gitSha1("{}") });
        succeed();
      },
    });
    expect((await bench.fetch("hf:org/repo/config.json")).files[0]?.sourceChecked).toBe(true);
  });

  test("of a mirror with digests of its own is brought, and not said to have been compared", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("model.gguf", "abc", { etag: 'W/"5f3-1"' });
        succeed();
      },
    });
    expect((await bench.fetch("hf:org/repo/model.gguf")).files[0]).not.toHaveProperty("sourceChecked");
  });

  test("is hashed with the algorithm that the caller expects, too", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("model.gguf", "abc");
        succeed();
      },
    });
    const { files } = await bench.fetch("hf:org/repo/model.gguf", {
      expectedDigest: { algorithm: "sha512", hex: "0".repeat(128) },
    });
    expect(files[0]?.digests?.map((digest) => digest.slice(0, 6))).toEqual(["sha256", "sha512"]);
  });
});

describe("a repository", () => {
  test("is open until it is here, and then has the files that came, without the CLI's notes", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("config.json", "{}");
        put("weights/one.safetensors", "one");
        succeed();
      },
    });
    const fetched = await bench.fetch("hf:org/repo");
    expect(fetched.planned).toMatchObject({ kind: "directory", isOpen: true, files: [] });
    expect(fetched.plan).not.toHaveProperty("isOpen");
    expect(fetched.plan?.files).toEqual([
      { path: "config.json", sizeBytes: 2 },
      { path: "weights/one.safetensors", sizeBytes: 3 },
    ]);
    expect(fetched.revision).toBe(commit);
  });

  test("of which the patterns select nothing is HF_FILE_NOT_FOUND, though the CLI says that all is well", async () => {
    await using bench = await openBench({ download: ({ succeed }) => succeed("/does/not/exist") });
    const error = await bench.failure("hf:org/repo?include=*.nothing");
    expect(error).toMatchObject({ code: "HF_FILE_NOT_FOUND", facts: { patterns: ["*.nothing"] } });
  });

  test("of two commits is refused: it changed while it was fetched", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("config.json", "{}");
        put("weights", "one", { commit: "b".repeat(40) });
        succeed();
      },
    });
    expect(await bench.failure("hf:org/repo")).toMatchObject({ code: "HF_CLI_RESULT_WRONG" });
  });
});

test("another commit than the one that was asked for is refused", async () => {
  await using bench = await openBench({
    download({ put, succeed }) {
      put("model.gguf", "abc");
      succeed();
    },
  });
  expect(await bench.failure(`hf:org/repo@${"b".repeat(40)}/model.gguf`)).toMatchObject({
    code: "HF_CLI_RESULT_WRONG",
  });
});

test("bytes of the right size that are not what the Hub declared are HF_CONTENT_MISMATCH, and nothing of them is left", async () => {
  await using bench = await openBench({
    download({ put, succeed, sha256 }) {
      put("model.gguf", "abd", { etag: sha256("abc") });
      succeed();
    },
  });
  const error = await bench.failure("hf:org/repo/model.gguf");
  expect(error).toMatchObject({ code: "HF_CONTENT_MISMATCH", category: "digest-mismatch" });
  expect(error.facts).toMatchObject({ path: "model.gguf", expected: expect.stringMatching(/^sha256:ba78/) });
  expect(await readdir(bench.ingest.directory)).toEqual([]);
});

test("the same for a file that git keeps", async () => {
  await using bench = await openBench({
    download({ put, succeed, gitSha1 }) {
      put("config.json", "[]", { etag: gitSha1("{}") });
      succeed();
    },
  });
  expect(await bench.failure("hf:org/repo/config.json")).toMatchObject({ code: "HF_CONTENT_MISMATCH" });
});

test("progress is told from the bytes that appear, of partial files as well, and ends at the size", async () => {
  await using bench = await openBench({
    download({ put, succeed, fs, folder, crypto }) {
      const downloads = `${folder}/.cache/huggingface/download`;
      const name = crypto.createHash("sha1").update("model.gguf.metadata").digest("base64url");
      fs.mkdirSync(downloads, { recursive: true });
      fs.writeFileSync(`${downloads}/model.gguf.lock`, "");
      fs.writeFileSync(`${downloads}/${name}=.abc.incomplete`, "ab");
      const go = `${folder}/../../../go`;
      const waiting = setInterval(() => {
        if (!fs.existsSync(go)) return;
        clearInterval(waiting);
        fs.rmSync(`${downloads}/${name}=.abc.incomplete`);
        put("model.gguf", "abc");
        succeed();
      }, 5);
    },
  });
  const seen: FetchProgress[] = [];
  const { writeFile } = await import("node:fs/promises");
  await bench.fetch("hf:org/repo/model.gguf", {
    onProgress(progress) {
      seen.push(progress);
      if (progress.receivedBytes === 2) void writeFile(join(bench.ingest.directory, "..", "go"), "");
    },
  });
  expect(seen.map(({ path, receivedBytes }) => `${path} ${receivedBytes}`)).toEqual(
    expect.arrayContaining(["model.gguf 2", "model.gguf 3"]),
  );
  expect(seen.at(-1)).toEqual({ path: "model.gguf", receivedBytes: 3, totalBytes: null, attempt: 1 });
});
