import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { startTestHub, type TestHub } from "../../../../tools/test-hub/src/index.ts";
import { test } from "../testing/place.ts";

const token = "hf_0123456789abcdefghijABCDEFGHIJ";

/** A Hub with a repository of two quantizations, one of them in two parts. */
async function startHub(): Promise<TestHub> {
  const hub = await startTestHub();
  hub.addToken(token, { user: "reader", canRead: ["org/private"] });
  hub.addRepository("org/repo", {
    files: { "m-Q4_K_M.gguf": "four", "m-Q8_0-00001-of-00002.gguf": "eight", "m-Q8_0-00002-of-00002.gguf": " more" },
  });
  hub.addRepository("org/private", { files: { "model.gguf": "private" }, private: true });
  hub.addRepository("org/gated", { files: { "model.gguf": "gated" }, gated: "manual" });
  return hub;
}

test("a quantization is a path that an engine opens, of one file or of several", async ({ place }) => {
  await using hub = await startHub();
  const env = { HF_ENDPOINT: hub.endpoint };
  const four = await place.runWith(env, "ensure", "hf:org/repo:Q4_K_M", "--quiet");
  expect(four).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await readFile(four.stdout.trimEnd(), "utf8")).toBe("four");
  const eight = await place.runWith(env, "ensure", "hf:org/repo:Q8_0", "--quiet");
  expect(await readFile(eight.stdout.trimEnd(), "utf8")).toBe("eight");
  expect(await readFile(eight.stdout.trimEnd().replace("00001", "00002"), "utf8")).toBe(" more");
});

test("one that is not there ends with 3, and says which there are", async ({ place }) => {
  await using hub = await startHub();
  const { exitCode, stderr } = await place.runWith({ HF_ENDPOINT: hub.endpoint }, "ensure", "hf:org/repo:Q6_K");
  expect(exitCode).toBe(3);
  expect(stderr).toContain("hint: It has Q4_K_M, Q8_0.");
});

test("a dry run tells what would come, and what the Python library has need not", async ({ place }) => {
  await using hub = await startHub();
  const blobs = join(place.folder, ".cache/huggingface/hub/models--org--repo/blobs");
  await mkdir(blobs, { recursive: true });
  await writeFile(join(blobs, createHash("sha256").update("four").digest("hex")), "four");
  const env = { HF_ENDPOINT: hub.endpoint };
  const planned = await place.runWith(env, "ensure", "hf:org/repo:Q4_K_M", "--dry-run");
  expect(planned.stdout).toContain("1 file, 4 B");
  await place.runWith(env, "ensure", "hf:org/repo:Q4_K_M");
  expect(hub.requests.filter(({ server }) => server === "cdn")).toEqual([]);
  const { stdout } = await place.runWith(env, "doctor");
  expect(stdout).toMatch(/^hf cache +1 file of 4 B in .* need not be fetched again$/m);
});

test("private needs its token, gated says where to ask; neither is told the token", async ({ place }) => {
  await using hub = await startHub();
  const env = { HF_ENDPOINT: hub.endpoint };
  expect(await place.runWith(env, "ensure", "hf:org/private/model.gguf")).toMatchObject({ exitCode: 3 });
  expect(await place.runWith({ ...env, HF_TOKEN: token }, "ensure", "hf:org/private/model.gguf")).toMatchObject({
    exitCode: 0,
  });
  const gated = await place.runWith({ ...env, HF_TOKEN: token }, "ensure", "hf:org/gated/model.gguf");
  expect(gated.exitCode).toBe(7);
  expect(gated.stderr).toContain(`${hub.endpoint}/org/gated`);
  expect(gated.stderr).not.toContain(token);
});

test("a Hub that cannot be reached ends with 6, a host in its place that is none too", async ({ place }) => {
  expect(await place.runWith({ HF_ENDPOINT: "http://127.0.0.1:9" }, "ensure", "hf:org/repo/m.gguf")).toMatchObject({
    exitCode: 6,
  });
  expect(await place.runWith({ HF_ENDPOINT: "nonsense" }, "ensure", "hf:org/repo/m.gguf")).toMatchObject({
    exitCode: 2,
  });
});
