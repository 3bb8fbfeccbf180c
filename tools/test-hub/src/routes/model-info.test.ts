import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";
import { getJson } from "../testing/get-json.ts";

const files = { "model.gguf": "weights", "a.txt": "hello\n" };
const helloBlob = "ce013625030ba8dba906f756967f9e9ca394464a"; // git hash-object

test("a model is described at its main commit", async () => {
  await using hub = await startTestHub();
  const { commit } = hub.addRepository("org/repo", { files, gated: "manual" });
  expect(await getJson(`${hub.endpoint}/api/models/org/repo`)).toMatchObject({
    id: "org/repo",
    modelId: "org/repo",
    author: "org",
    sha: commit,
    private: false,
    gated: "manual",
    disabled: false,
    siblings: [{ rfilename: "a.txt" }, { rfilename: "model.gguf" }],
  });
});

test("with blobs=true there are sizes and digests", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files });
  expect(await getJson(`${hub.endpoint}/api/models/org/repo?blobs=true`)).toMatchObject({
    siblings: [
      { rfilename: "a.txt", size: 6, blobId: helloBlob },
      {
        rfilename: "model.gguf",
        size: 7,
        blobId: expect.stringMatching(/^[0-9a-f]{40}$/),
        lfs: { sha256: hash("sha256", "weights"), size: 7, pointerSize: 126 },
      },
    ],
  });
});

test.each([
  ["a branch", "refs%2Fpr%2F1", ["a.txt", "model.gguf", "pr.txt"]],
  ["a tag", "v1", ["a.txt", "model.gguf"]],
])("it is described at %s too", async (_, revision, names) => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files, tags: ["v1"], branches: { "refs/pr/1": { "pr.txt": "" } } });
  const info = await getJson(`${hub.endpoint}/api/models/org/repo/revision/${revision}`);
  expect(info).toMatchObject({ siblings: names.map((rfilename) => ({ rfilename })) });
});

test("and at a commit that is no longer the newest", async () => {
  await using hub = await startTestHub();
  const repository = hub.addRepository("org/repo", { files });
  const old = repository.commit;
  repository.commitFiles({ "new.txt": "" });
  const info = await getJson(`${hub.endpoint}/api/models/org/repo/revision/${old}`);
  expect(info).toMatchObject({ sha: old, siblings: [{ rfilename: "a.txt" }, { rfilename: "model.gguf" }] });
});
