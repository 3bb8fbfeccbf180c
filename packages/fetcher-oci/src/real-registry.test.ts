import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createProvisioner, type ResolvedModel } from "@llama-orch/model-provisioner";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import {
  copyWithOras,
  pushImageWithSkopeo,
  pushWithOras,
  type RealRegistry,
  realTools,
  startRealRegistry,
  toolsOrSkip,
} from "../../../tools/real-registry/src/index.ts";
import {
  digestOf,
  dockerModel,
  kitopsModel,
  modelcarImage,
  modelPackModel,
  type OciArtifact,
  ollamaModel,
  orasFiles,
} from "../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "./oci-fetcher.ts";
import type { OciFetcherOptions } from "./oci-fetcher-options.ts";
import { basicAuth, writeAuthFile } from "./testing/log-in.ts";

const weights = { sizeBytes: 3_000_000, seed: "weights" };
const files = { "model.gguf": weights, "sub/config.json": Buffer.from("{}") };

// Where oras is to be built, this is when.
beforeAll(realTools, 360_000);

let dir: string;
beforeEach(async () => void (dir = await mkdtemp(join(await realpath(tmpdir()), "real-oci-"))));
afterEach(async () => rm(dir, { recursive: true, force: true, maxRetries: 3 }));

async function pull(
  { host }: RealRegistry,
  reference: string,
  options: OciFetcherOptions = {},
): Promise<ResolvedModel & { readonly digests: Readonly<Record<string, string>> }> {
  const fetcher = ociFetcher({ env: {}, baseDelayMs: 0, ...options });
  const provisioner = createProvisioner({ cacheDir: join(dir, "cache"), fetchers: [fetcher] });
  const resolved = await provisioner.ensurePresentStr(`oci://${host}/${reference}`);
  const entry = await provisioner.catalog.get(`oci://${host}/${reference}`);
  const opened = entry?.entryPoint ?? "";
  const { localPath } = resolved;
  const root = entry?.kind === "file" ? dirname(localPath) : localPath.slice(0, localPath.length - opened.length);
  const digests: Record<string, string> = {};
  for (const { path } of entry?.files ?? []) digests[path] = digestOf(await readFile(join(root, path)));
  return { ...resolved, digests };
}

function digestsOf(artifact: OciArtifact): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(artifact.files).map(([path, { digest }]) => [path, digest]));
}

test.for([
  ["ModelPack", modelPackModel(files), copyWithOras],
  ["ModelPack, zstd", modelPackModel(files, { format: "tar+zstd" }), copyWithOras],
  ["ModelPack by skopeo", modelPackModel(files), pushImageWithSkopeo],
  ["Docker model v0.2", dockerModel(files), copyWithOras],
  ["ORAS with a folder", orasFiles(files, { directories: { folder: files } }), copyWithOras],
  ["KitOps", kitopsModel(files), copyWithOras],
  ["KitOps, gzip", kitopsModel(files, { compression: "gzip" }), copyWithOras],
  ["Modelcar by skopeo", modelcarImage(files), pushImageWithSkopeo],
  ["Modelcar of docker", modelcarImage(files, { manifests: "docker" }), copyWithOras],
  [
    "Modelcar of platforms, by skopeo",
    modelcarImage(files, { platforms: ["linux/s390x", "linux/amd64", "linux/arm64"], attestations: true }),
    pushImageWithSkopeo,
  ],
] as const)("%s comes as it was", async ([, artifact, push], { skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  await push(tools, registry, "org/model:v1", artifact);
  const { digests, report } = await pull(registry, "org/model:v1", { platform: "linux/amd64" });
  expect(digests).toEqual(digestsOf(artifact));
  expect(report.trust).toBe("upstream");
});

test("Ollama's model comes by the names of its layers", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  await copyWithOras(tools, registry, "library/model:v1", ollamaModel({ model: weights, params: Buffer.from("{}") }));
  expect((await pull(registry, "library/model:v1")).digests).toEqual({
    "model.gguf": digestOf(weights),
    "params.json": digestOf(Buffer.from("{}")),
  });
});

test("what oras push makes of files", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry);
  const digest = await pushWithOras(tools, registry, "org/model:v1", {
    files: { "model.gguf": { content: weights }, "sub/config.json": { content: Buffer.from("{}") } },
  });
  const expected = { "model.gguf": digestOf(weights), "sub/config.json": digestOf(Buffer.from("{}")) };
  expect((await pull(registry, "org/model:v1")).digests).toEqual(expected);
  expect((await pull(registry, `org/model@${digest}#sub`)).digests).toEqual({
    "config.json": digestOf(Buffer.from("{}")),
  });
});

test("basic: with the login that docker writes, and not without, nor with a wrong one", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry, { auth: "basic" });
  const artifact = modelPackModel(files);
  await copyWithOras(tools, registry, "org/model:v1", artifact);
  await expect(pull(registry, "org/model:v1", { env: { HOME: dir } })).rejects.toMatchObject({
    code: "OCI_CREDENTIALS_MISSING",
  });
  const wrong = { auths: { [registry.host]: { auth: basicAuth("reader", "wrong") } } };
  const env = { REGISTRY_AUTH_FILE: await writeAuthFile(join(dir, "wrong.json"), wrong) };
  await expect(pull(registry, "org/model:v1", { env })).rejects.toMatchObject({ code: "OCI_CREDENTIALS_REFUSED" });
  const { digests } = await pull(registry, "org/model:v1", { env: { REGISTRY_AUTH_FILE: registry.authFile } });
  expect(digests).toEqual(digestsOf(artifact));
});

test("token: everybody, the user, and the user's identity token", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using registry = await startRealRegistry(tools.dockerRegistry, { auth: "token" });
  const artifact = modelPackModel(files);
  for (const name of ["public/model:v1", "private/model:v1", "private/model:v2"])
    await copyWithOras(tools, registry, name, artifact);
  expect((await pull(registry, "public/model:v1", { env: { HOME: dir } })).digests).toEqual(digestsOf(artifact));
  await expect(pull(registry, "private/model:v1", { env: { HOME: dir } })).rejects.toMatchObject({
    code: "OCI_CREDENTIALS_MISSING",
  });
  const env = { REGISTRY_AUTH_FILE: registry.authFile };
  expect((await pull(registry, "private/model:v1", { env })).digests).toEqual(digestsOf(artifact));
  const identitytoken = registry.tokenServer?.identityToken;
  const identity = await writeAuthFile(join(dir, "identity.json"), { auths: { [registry.host]: { identitytoken } } });
  const { report } = await pull(registry, "private/model:v2", { env: { REGISTRY_AUTH_FILE: identity } });
  expect(report.trust).toBe("upstream");
});

test("tokens that hold for a moment are asked for again and again; those that have ended already are of no use", async ({
  skip,
}) => {
  const tools = await toolsOrSkip(skip);
  const artifact = modelPackModel(files);
  // The registry still takes them for a minute.
  await using short = await startRealRegistry(tools.dockerRegistry, { auth: "token", expiresInSeconds: -30 });
  await copyWithOras(tools, short, "private/model:v1", artifact);
  const { digests } = await pull(short, "private/model:v1", { env: { REGISTRY_AUTH_FILE: short.authFile } });
  expect(digests).toEqual(digestsOf(artifact));
  expect(short.tokenServer?.issued).toBeGreaterThan(3);
  await using ended = await startRealRegistry(tools.dockerRegistry, { auth: "token", expiresInSeconds: -61 });
  const refused = pull(ended, "private/model:v1", { env: { REGISTRY_AUTH_FILE: ended.authFile } });
  await expect(refused).rejects.toMatchObject({ code: "OCI_ACCESS_DENIED" });
});

test("a pull-through proxy with a cold cache, and with a warm one", async ({ skip }) => {
  const tools = await toolsOrSkip(skip);
  await using origin = await startRealRegistry(tools.dockerRegistry, { auth: "token" });
  const artifact = modelPackModel({ "model.gguf": { ...weights, sizeBytes: 30_000_000 } });
  await copyWithOras(tools, origin, "org/model:v1", artifact);
  await using proxy = await startRealRegistry(tools.dockerRegistry, { proxyTo: origin });
  expect((await pull(proxy, "org/model:v1")).digests).toEqual(digestsOf(artifact));
  await rm(join(dir, "cache"), { recursive: true });
  expect((await pull(proxy, "org/model:v1")).digests).toEqual(digestsOf(artifact));
});
