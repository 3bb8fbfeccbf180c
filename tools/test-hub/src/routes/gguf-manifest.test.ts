import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { startTestHub, type TestHub } from "../test-hub.ts";
import { getJson } from "../testing/get-json.ts";

const headers = { "User-Agent": "llama-cpp" };

test.each([
  ["q8_0", "tiny-Q8_0.gguf"],
  ["Q4_K_M", "tiny-Q4_K_M.gguf"],
  ["latest", "tiny-Q4_K_M.gguf"],
  ["UD-Q2_K_XL", "tiny-UD-Q2_K_XL.gguf"],
  ["BF16", "BF16/tiny-00001-of-00002.gguf"],
])("%s stands for %s", async (tag, rfilename) => {
  await using hub = await hubWithQuantizations();
  expect(await getJson(`${hub.endpoint}/v2/org/tiny/manifests/${tag}`, { headers })).toMatchObject({
    ggufFile: { rfilename, size: rfilename.length, lfs: { sha256: hash("sha256", rfilename) } },
    mmprojFile: { rfilename: "mmproj-F16.gguf" },
  });
});

test("other user agents get layers only", async () => {
  await using hub = await hubWithQuantizations();
  const manifest = await getJson(`${hub.endpoint}/v2/org/tiny/manifests/Q8_0`);
  expect(manifest).not.toHaveProperty("ggufFile");
  expect(manifest).toMatchObject({
    schemaVersion: 2,
    layers: [{ digest: `sha256:${hash("sha256", "tiny-Q8_0.gguf")}` }, {}],
  });
});

test("an unknown tag, and a repository without GGUF files, are bad requests", async () => {
  await using hub = await hubWithQuantizations();
  hub.addRepository("org/none", { files: { "config.json": "{}" } });
  expect((await fetch(`${hub.endpoint}/v2/org/tiny/manifests/Q3_K_S`, { headers })).status).toBe(400);
  expect((await fetch(`${hub.endpoint}/v2/org/none/manifests/latest`, { headers })).status).toBe(400);
  expect((await fetch(`${hub.endpoint}/v2/org/nope/manifests/latest`, { headers })).status).toBe(401);
});

async function hubWithQuantizations(): Promise<TestHub> {
  const hub = await startTestHub();
  const paths = [
    "BF16/tiny-00001-of-00002.gguf",
    "BF16/tiny-00002-of-00002.gguf",
    "mmproj-F16.gguf",
    "tiny-Q4_K_M.gguf",
    "tiny-Q8_0.gguf",
    "tiny-UD-Q2_K_XL.gguf",
  ];
  hub.addRepository("org/tiny", { files: Object.fromEntries(paths.map((path) => [path, path])) });
  return hub;
}
