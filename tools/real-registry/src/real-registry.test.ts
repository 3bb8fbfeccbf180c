import { beforeAll, expect, test, vi } from "vitest";
import {
  dockerModel,
  kitopsModel,
  mediaTypes,
  modelcarImage,
  modelPackModel,
  ollamaModel,
  orasFiles,
} from "../../test-registry/src/index.ts";
import { copyWithOras, pushImageWithSkopeo, pushWithOras, realTools, startRealRegistry, toolsOrSkip } from "./index.ts";

const weights = { sizeBytes: 300_000, seed: "weights" };
const files = { "model.gguf": weights, "sub/config.json": Buffer.from("{}") };
const accept = { Accept: [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.dockerManifest].join(", ") };

// Where oras is to be built, this is when.
beforeAll(realTools, 360_000);

test("it is there at once, and gone when it is disposed of", async ({ skip }) => {
  const { dockerRegistry } = await toolsOrSkip(skip);
  let base: string;
  {
    await using registry = await startRealRegistry(dockerRegistry);
    base = `${registry.origin}/v2/`;
    expect((await fetch(base)).status).toBe(200);
    expect(registry.log()).toContain("listening on");
  }
  await expect(fetch(base)).rejects.toThrow("fetch failed");
});

test("what it says when it cannot start is told", async ({ skip }) => {
  const { dockerRegistry } = await toolsOrSkip(skip);
  const proxyTo = { origin: "not a url", user: undefined, password: undefined };
  await expect(startRealRegistry(dockerRegistry, { proxyTo })).rejects.toThrow("ended before it was ready");
});

test("an absent tool skips a test, unless it is required", async () => {
  const skip = (reason: string): never => {
    throw new Error(`skipped: ${reason}`);
  };
  vi.stubEnv("PATH", "");
  vi.stubEnv("REQUIRE_REAL", "0");
  await expect(toolsOrSkip(skip)).rejects.toThrow("skipped: no docker-registry on PATH");
  vi.stubEnv("REQUIRE_REAL", "1");
  await expect(toolsOrSkip(skip)).rejects.toThrow(/^no docker-registry on PATH/);
});

test("basic: the right password alone", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry, { auth: "basic" });
  const statusFor = async (secret?: string): Promise<number> =>
    (await fetch(`${registry.origin}/v2/`, { headers: secret === undefined ? {} : { Authorization: basic(secret) } }))
      .status;
  expect([await statusFor(), await statusFor("reader:wrong"), await statusFor("reader:secret")]).toEqual([
    401, 401, 200,
  ]);
  expect([registry.user, registry.password]).toEqual(["reader", "secret"]);
  await pushWithOras(tools, registry, "org/model:v1", { files: { file: { content: weights } } });
  await pushImageWithSkopeo(tools, registry, "org/model:v2", modelcarImage(files));
  const list = await fetch(`${registry.origin}/v2/org/model/tags/list`, {
    headers: { Authorization: basic("reader:secret") },
  });
  expect(await list.json()).toEqual({ name: "org/model", tags: ["v1", "v2"] });
});

test("token: anonymous for public/*, the user for all, and only as long as it holds", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry, { auth: "token", expiresInSeconds: 60 });
  const { tokenServer } = registry;
  for (const name of ["public/model", "private/model"]) {
    await pushWithOras(tools, registry, `${name}:v1`, { files: { file: { content: weights } } });
    await pushImageWithSkopeo(tools, registry, `${name}:v2`, modelcarImage(files));
  }
  const challenge = await fetch(`${registry.origin}/v2/public/model/manifests/v1`, { headers: accept });
  expect(challenge.headers.get("www-authenticate")).toBe(
    `Bearer realm="${tokenServer?.realm}",service="real-registry",scope="repository:public/model:pull"`,
  );
  const statusOf = async (name: string, authorization?: string): Promise<number | string> => {
    const url = `${tokenServer?.realm}?service=real-registry&scope=repository:${name}:pull`;
    const answer = await fetch(url, { headers: authorization === undefined ? {} : { Authorization: authorization } });
    const { token } = (await answer.json()) as { token?: string };
    if (token === undefined) return `token server: ${answer.status}`;
    const headers = { ...accept, Authorization: `Bearer ${token}` };
    return (await fetch(`${registry.origin}/v2/${name}/manifests/v1`, { headers })).status;
  };
  expect(await statusOf("public/model")).toBe(200);
  expect(await statusOf("private/model")).toBe(401);
  expect(await statusOf("private/model", basic("reader:secret"))).toBe(200);
  expect(await statusOf("private/model", basic("reader:wrong"))).toBe("token server: 401");
  expect(tokenServer?.issued).toBeGreaterThan(4);
});

test("token: one that has ended is refused, and refresh tokens are taken", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  // The registry still takes a token for a minute after its end.
  await using registry = await startRealRegistry(tools.dockerRegistry, { auth: "token", expiresInSeconds: -61 });
  const { realm = "", identityToken = "" } = registry.tokenServer ?? {};
  const grant = { grant_type: "refresh_token", service: "real-registry", client_id: "test" };
  const tokenFor = async (refresh: string): Promise<{ access_token?: string; expires_in?: number }> => {
    const body = new URLSearchParams({ ...grant, refresh_token: refresh }).toString();
    return (await fetch(realm, { method: "POST", body })).json() as Promise<{ access_token?: string }>;
  };
  expect(await tokenFor("wrong")).not.toHaveProperty("access_token");
  const { access_token: token, expires_in } = await tokenFor(identityToken);
  expect(expires_in).toBe(-61);
  expect((await fetch(`${registry.origin}/v2/`, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
});

test.for(["none", "token"] as const)(
  "a proxy has what the other one has, which signs in by %s",
  async (auth, { skip }) => {
    const tools = await toolsOrSkip(skip);
    await using origin = await startRealRegistry(tools.dockerRegistry, { auth });
    await copyWithOras(tools, origin, "org/model:v1", modelPackModel(files));
    await using proxy = await startRealRegistry(tools.dockerRegistry, { proxyTo: origin });
    const manifest = await fetch(`${proxy.origin}/v2/org/model/manifests/v1`, { headers: accept });
    expect(manifest.status).toBe(200);
    const { layers } = (await manifest.json()) as { layers: { digest: string }[] };
    const headers = { Range: "bytes=0-9" };
    const blob = `${proxy.origin}/v2/org/model/blobs/${layers[0]?.digest}`;
    const cold = await fetch(blob, { headers });
    expect([cold.status, (await cold.arrayBuffer()).byteLength]).toEqual([200, 300_000]);
  },
);

test("oras: files with titles, types and annotations", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  const digest = await pushWithOras(tools, registry, "org/model:v1", {
    files: {
      "model.gguf": { content: weights, mediaType: "application/vnd.cncf.model.weight.v1.raw" },
      "sub/config.json": { content: Buffer.from("{}") },
    },
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    annotations: { "model.gguf": { "org.cncf.model.filepath": "model.gguf" } },
    config: { document: { modelfs: {} }, mediaType: "application/vnd.cncf.model.config.v1+json" },
  });
  const response = await fetch(`${registry.origin}/v2/org/model/manifests/v1`, { headers: accept });
  expect(response.headers.get("docker-content-digest")).toBe(digest);
  expect(await response.json()).toMatchObject({
    artifactType: "application/vnd.cncf.model.manifest.v1+json",
    config: { mediaType: "application/vnd.cncf.model.config.v1+json" },
    layers: [
      {
        mediaType: "application/vnd.cncf.model.weight.v1.raw",
        annotations: { "org.cncf.model.filepath": "model.gguf", "org.opencontainers.image.title": "model.gguf" },
      },
      { annotations: { "org.opencontainers.image.title": "sub/config.json" } },
    ],
  });
});

test.for([
  ["ModelPack", modelPackModel(files), copyWithOras],
  ["ModelPack, zstd", modelPackModel(files, { format: "tar+zstd" }), copyWithOras],
  ["Docker v0.1", dockerModel(files, { version: "v0.1" }), copyWithOras],
  ["Docker v0.2", dockerModel(files), copyWithOras],
  ["Ollama", ollamaModel({ model: weights, params: Buffer.from("{}") }), copyWithOras],
  ["ORAS with a folder", orasFiles(files, { directories: { folder: files } }), copyWithOras],
  ["KitOps", kitopsModel(files), copyWithOras],
  ["KitOps, gzip", kitopsModel(files, { compression: "gzip" }), copyWithOras],
  ["ModelPack by skopeo", modelPackModel(files), pushImageWithSkopeo],
  ["Modelcar", modelcarImage(files), pushImageWithSkopeo],
  [
    "Modelcar of platforms",
    modelcarImage(files, { platforms: ["linux/amd64", "linux/arm64"], attestations: true }),
    pushImageWithSkopeo,
  ],
  ["Modelcar of Docker", modelcarImage(files, { manifests: "docker" }), copyWithOras],
] as const)("%s: pushed as it is, and listed", async ([, artifact, push], { skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  const digest = await push(tools, registry, "org/model:v1", artifact);
  const response = await fetch(`${registry.origin}/v2/org/model/manifests/v1`, { headers: accept });
  expect(response.headers.get("docker-content-digest")).toBe(digest);
  expect(response.headers.get("content-type")).toBe(artifact.root.mediaType);
  expect(Buffer.from(await response.arrayBuffer()).equals(artifact.root.bytes)).toBe(true);
  expect(await (await fetch(`${registry.origin}/v2/org/model/tags/list`)).json()).toMatchObject({ tags: ["v1"] });
});

function basic(secret: string): string {
  return `Basic ${Buffer.from(secret).toString("base64")}`;
}
