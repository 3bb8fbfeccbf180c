import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { contentOf } from "../../fault-server/src/index.ts";
import {
  digestOf,
  mediaTypes,
  modelcarImage,
  modelPackModel,
  orasFiles,
  startTestRegistry,
} from "../../test-registry/src/index.ts";
import { copyWithOras, realTools, startRealRegistry, toolsOrSkip } from "./index.ts";

const weights = { sizeBytes: 300_000, seed: "weights" };

// Where oras is to be built, this is when.
beforeAll(realTools, 360_000);

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(tmpdir(), "same-"))));
afterEach(async () => rm(dir, { recursive: true }));

test("oras pulls from the test registry: a token, and a redirect to another host", async ({ skip }) => {
  const { oras } = await toolsOrSkip(skip);
  const auth = { type: "bearer", users: { reader: "secret" } } as const;
  await using registry = await startTestRegistry({ auth, blobsAt: "other-host" });
  registry.pushArtifact("org/model", "v1", orasFiles({ "model.gguf": weights }));
  const auths = { [registry.host]: { auth: Buffer.from("reader:secret").toString("base64") } };
  await writeFile(join(dir, "auth.json"), JSON.stringify({ auths }));
  const args = ["pull", "--plain-http", "--no-tty", "--registry-config", "auth.json", `${registry.host}/org/model:v1`];
  await execa(oras, args, { cwd: dir, stdin: "ignore" });
  expect((await readFile(join(dir, "model.gguf"))).equals(contentOf(weights))).toBe(true);
  expect(registry.tokenServer.requestCount).toBeGreaterThan(0);
  expect(registry.requests.some(({ server }) => server === "blobs")).toBe(true);
});

test("skopeo copies an index from the test registry, as it is", async ({ skip }) => {
  const { skopeo } = await toolsOrSkip(skip);
  // With TLS, which skopeo tries first, even when it need not be.
  await using registry = await startTestRegistry({ tls: true });
  await writeFile(join(dir, "ca.crt"), registry.ca ?? "");
  const platforms = ["linux/amd64", "linux/arm64"];
  const image = modelcarImage({ "model.gguf": weights }, { platforms, attestations: true });
  registry.pushArtifact("org/car", "v1", image);
  const args = ["copy", "--insecure-policy", "--all", "--preserve-digests", "--src-cert-dir", dir];
  await execa(skopeo, [...args, `docker://${registry.host}/org/car:v1`, `oci:${join(dir, "car")}:v1`], {
    stdin: "ignore",
  });
  const hex = image.root.digest.replace("sha256:", "");
  expect(digestOf(await readFile(join(dir, "car/blobs/sha256", hex)))).toBe(image.root.digest);
});

test("both registries answer the same", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  const artifact = modelPackModel({ "model.gguf": weights });
  await using real = await startRealRegistry(tools.dockerRegistry);
  await using ours = await startTestRegistry();
  await copyWithOras(tools, real, "org/model:v1", artifact);
  ours.pushArtifact("org/model", "v1", artifact);
  const blob = `blobs/${digestOf(weights)}`;
  const accept = { Accept: mediaTypes.ociManifest };
  const cases: readonly (readonly [path: string, method: string, headers: Record<string, string>])[] = [
    ["", "GET", {}],
    ["org/model/manifests/v1", "GET", accept],
    ["org/model/manifests/v1", "HEAD", accept],
    [`org/model/manifests/${artifact.root.digest}`, "GET", accept],
    ["org/model/manifests/v1", "GET", {}],
    ["org/model/manifests/v1", "GET", { Accept: "*/*" }],
    ["org/model/manifests/none", "GET", accept],
    [`org/model/${blob}`, "GET", {}],
    [`org/model/${blob}`, "HEAD", {}],
    [`org/model/${blob.replace(":", "%3A")}`, "GET", {}],
    [`org/model/${blob}`, "GET", { Range: "bytes=10-19" }],
    [`org/model/${blob}`, "GET", { Range: "bytes=299990-400000" }],
    [`org/model/blobs/${digestOf(Buffer.from("none"))}`, "GET", {}],
    ["org/none/tags/list", "GET", {}],
    ["org/model/tags/list", "GET", {}],
  ];
  for (const [path, method, headers] of cases) {
    const [theirs, mine] = await Promise.all(
      [real.origin, ours.origin].map(async (origin) =>
        factsOf(await fetch(`${origin}/v2/${path}`, { method, headers })),
      ),
    );
    expect({ path, method, headers, ...mine }).toEqual({ path, method, headers, ...theirs });
  }
});

test("the real one announces the whole blob with 416, and ends the connection after a line", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  await copyWithOras(tools, registry, "org/model:v1", modelPackModel({ "model.gguf": weights }));
  const blob = `${registry.origin}/v2/org/model/blobs/${digestOf(weights)}`;
  const response = await fetch(blob, { headers: { Range: "bytes=300000-" } });
  expect([response.status, response.headers.get("content-length")]).toEqual([416, "300000"]);
  await expect(response.arrayBuffer()).rejects.toThrow("terminated");
});

async function factsOf(response: Response): Promise<object> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const names = ["docker-content-digest", "content-range", "etag", "docker-distribution-api-version"];
  const type = response.headers.get("content-type")?.split(";")[0];
  const isError = response.status >= 400 && type === "application/json";
  const isJson = response.ok && type === "application/json";
  return {
    status: response.status,
    type,
    headers: names.map((name) => response.headers.get(name)),
    code: isError ? (JSON.parse(bytes.toString()) as { errors: { code: string }[] }).errors[0]?.code : undefined,
    body: isJson ? (JSON.parse(bytes.toString()) as object) : response.ok ? digestOf(bytes) : undefined,
  };
}
