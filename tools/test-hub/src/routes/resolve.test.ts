import { createHash, hash } from "node:crypto";
import { expect, test } from "vitest";
import { startTestHub } from "../test-hub.ts";

const config = '{"a":1}';
const configBlob = createHash("sha1").update(`blob ${config.length}\0${config}`).digest("hex");
const files = { "sub folder/config.json": config, "model.gguf": { sizeBytes: 300_000, seed: 1 } };

test.each(["HEAD", "GET"])("%s: a small file is one relative redirect away", async (method) => {
  await using hub = await startTestHub();
  const { url, commit } = hub.addRepository("org/repo", { files });
  const response = await fetch(`${url}/resolve/main/sub%20folder/config.json`, { method, redirect: "manual" });

  expect(response.status).toBe(307);
  expect(response.headers.get("x-repo-commit")).toBe(commit);
  const location = response.headers.get("location") ?? "";
  expect(location.split("?")[0]).toBe(`/api/resolve-cache/models/org/repo/${commit}/sub%20folder/config.json`);

  const followed = await fetch(new URL(location, hub.endpoint), { method });
  expect(followed.status).toBe(200);
  expect(followed.headers.get("etag")).toBe(`"${configBlob}"`);
  expect(followed.headers.get("x-repo-commit")).toBe(commit);
  expect(followed.headers.get("content-length")).toBe(String(config.length));
  expect(followed.headers.get("content-encoding")).toBeNull();
  expect(await followed.text()).toBe(method === "HEAD" ? "" : config);
});

test.each(["HEAD", "GET"])("%s: the facts of an LFS file are on the redirect to the CDN", async (method) => {
  await using hub = await startTestHub();
  const { url, commit } = hub.addRepository("org/repo", { files: { ...files, "model.gguf": "weights" } });
  const response = await fetch(`${url}/resolve/main/model.gguf`, { method, redirect: "manual" });

  expect(response.status).toBe(302);
  expect(response.headers.get("x-repo-commit")).toBe(commit);
  expect(response.headers.get("x-linked-etag")).toBe(`"${hash("sha256", "weights")}"`);
  expect(response.headers.get("x-linked-size")).toBe("7");
  expect(response.headers.get("x-xet-hash")).toBeNull();
  expect(response.headers.get("link")).toBeNull();
  expect(new URL(response.headers.get("location") ?? "").origin).toBe(hub.cdnOrigin);
});

test.each(["it's (1)! *.gguf", "größe+100%#.txt", "a&b=c?.gguf", '"quoted".gguf'])(
  "a file may be called %s",
  async (name) => {
    await using hub = await startTestHub();
    const { url } = hub.addRepository("org/repo", { files: { [`sub/${name}`]: name } });
    const response = await fetch(`${url}/resolve/main/sub/${encodeURIComponent(name)}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-disposition")).toContain("inline; filename*=UTF-8''");
    expect(await response.text()).toBe(name);
  },
);

test("a repository of Xet says so", async () => {
  await using hub = await startTestHub();
  const { url, commit } = hub.addRepository("org/repo", { files, xet: true });
  const response = await fetch(`${url}/resolve/main/model.gguf`, { redirect: "manual" });
  expect(response.headers.get("x-xet-hash")).toMatch(/^[0-9a-f]{64}$/);
  expect(response.headers.get("link")).toBe(
    `<${hub.endpoint}/api/models/org/repo/xet-read-token/${commit}>; rel="xet-auth"`,
  );
});

test.each([
  ["of the hub", { delivery: "plain" } as const, {}],
  ["of the repository", {}, { delivery: "plain" } as const],
])("a plain delivery %s is a 200 for every file", async (_, options, spec) => {
  await using hub = await startTestHub(options);
  const { url, commit } = hub.addRepository("org/repo", { files: { ...files, "model.gguf": "weights" }, ...spec });
  const small = await fetch(`${url}/resolve/main/sub%20folder/config.json`, { redirect: "manual" });
  const large = await fetch(`${url}/resolve/main/model.gguf`, { redirect: "manual" });
  expect([small.status, large.status]).toEqual([200, 200]);
  expect(small.headers.get("etag")).toBe(`"${configBlob}"`);
  expect(large.headers.get("etag")).toBe(`"${hash("sha256", "weights")}"`);
  expect(large.headers.get("x-repo-commit")).toBe(commit);
  expect(await large.text()).toBe("weights");
});

test("which files are in LFS follows from the name and the size, unless it is said", async () => {
  await using hub = await startTestHub();
  const { url } = hub.addRepository("org/repo", {
    files: {
      "small.gguf": "a",
      "large.txt": { sizeBytes: 10_000_000, seed: 1 },
      "small.txt": { sizeBytes: 9_999_999, seed: 1 },
      "told.txt": { content: "a", lfs: true },
      "told.gguf": { content: "a", lfs: false },
    },
  });
  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`${url}/resolve/main/${path}`, { method: "HEAD", redirect: "manual" })).status;
  expect(await Promise.all(["small.gguf", "large.txt", "told.txt"].map(statusOf))).toEqual([302, 302, 302]);
  expect(await Promise.all(["small.txt", "told.gguf"].map(statusOf))).toEqual([307, 307]);
});
