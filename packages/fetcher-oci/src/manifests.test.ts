import { readFile } from "node:fs/promises";
import { arch } from "node:os";
import { basename } from "node:path";
import { expect, test } from "vitest";
import {
  buildArtifact,
  type BuiltManifest,
  digestOf,
  mediaTypes,
  modelcarImage,
  modelPackModel,
  orasFiles,
  type TestRegistry,
} from "../../../tools/test-registry/src/index.ts";
import { parseOciOptions } from "./oci-fetcher-options.ts";
import { parseOciLocator } from "./reference/oci-reference.ts";
import { originOf } from "./registry/hosts.ts";
import { openSetting, visibleFiles } from "./testing/setting.ts";

const weights = Buffer.from("weights");
const one = modelPackModel({ "model.gguf": weights });
const other = modelPackModel({ "other.gguf": Buffer.from("other") });

function documentOf({ bytes }: BuiltManifest): { layers: Record<string, unknown>[] } & Record<string, unknown> {
  return JSON.parse(bytes.toString()) as { layers: Record<string, unknown>[] };
}

/** Pushes a manifest with the blobs of `one`. */
function push(registry: TestRegistry, document: object, mediaType?: string): BuiltManifest {
  registry.pushArtifact("org/model", "kept", one);
  return registry.pushManifest("org/model", "v1", document, mediaType);
}

test("a tag is resolved once: what was planned is what comes, though it is moved in mid-transfer", async () => {
  await using setting = await openSetting();
  const { registry } = setting;
  const { manifestDigest } = registry.pushArtifact("org/model", "v1", one);
  registry.inject({
    kind: "latency",
    ms: 0,
    when({ path }) {
      if (path.includes("/blobs/")) registry.pushArtifact("org/model", "v1", other);
      return false;
    },
  });
  const { localPath } = await setting.ensure("org/model:v1");
  expect(basename(localPath)).toBe("model.gguf");
  expect((await setting.entry("org/model:v1"))?.provenance.revision).toBe(manifestDigest);
  expect(registry.requests.filter(({ path }) => path.includes("/manifests/"))).toHaveLength(1);
  const refreshed = await setting.ensure("org/model:v1", undefined, { refresh: true });
  expect(basename(refreshed.localPath)).toBe("other.gguf");
  expect(basename((await setting.ensure(`org/model@${manifestDigest}`)).localPath)).toBe("model.gguf");
});

test.for([
  ["a wrong Docker-Content-Digest", { contentDigest: `sha256:${"0".repeat(64)}` }],
  ["other bytes", { bytes: other.root.bytes }],
] as const)("a tag with %s", async ([, lie]) => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", one);
  setting.registry.lieAboutManifest("org/model", "v1", lie);
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
    code: "OCI_CONTENT_MISMATCH",
    category: "digest-mismatch",
    facts: { expected: expect.stringMatching(/^sha256:/), actual: expect.stringMatching(/^sha256:/) },
  });
});

test("a digest with other bytes, whatever the registry says of them", async () => {
  await using setting = await openSetting();
  const { manifestDigest } = setting.registry.pushArtifact("org/model", "v1", one);
  setting.registry.lieAboutManifest("org/model", manifestDigest, {
    bytes: other.root.bytes,
    contentDigest: other.root.digest,
  });
  await expect(setting.ensure(`org/model@${manifestDigest}`)).rejects.toMatchObject({ code: "OCI_CONTENT_MISMATCH" });
});

test.for(["sized", "unsized"] as const)("a manifest without an end, %s", async (endless) => {
  await using setting = await openSetting({ maxRetries: 0 });
  setting.registry.pushArtifact("org/model", "v1", one);
  setting.registry.lieAboutManifest("org/model", "v1", { endless });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ category: "network" });
  expect(setting.registry.bodyBytesSent).toBeLessThan(32 * 1024 * 1024);
});

test.for([
  null,
  "text/plain",
  `${mediaTypes.ociManifest}; charset=utf-8`,
  mediaTypes.ociIndex,
  mediaTypes.ociManifest.toUpperCase(),
])("the document's own media type counts, and not Content-Type: %s", async (contentType) => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", one);
  setting.registry.lieAboutManifest("org/model", "v1", { contentType });
  expect((await setting.ensure("org/model:v1")).report.trust).toBe("upstream");
});

test.for([
  [`${mediaTypes.ociManifest}; charset=utf-8`, undefined],
  [mediaTypes.ociManifest.toUpperCase(), undefined],
  ["application/json", "OCI_MANIFEST_UNSUPPORTED"],
  [mediaTypes.ociIndex, "OCI_ANSWER_INVALID"],
] as const)("without one, Content-Type counts: %s", async ([contentType, code]) => {
  await using setting = await openSetting();
  const { mediaType: _, ...document } = documentOf(one.root);
  push(setting.registry, document);
  setting.registry.lieAboutManifest("org/model", "v1", { contentType });
  const outcome = await setting.ensure("org/model:v1").catch((error: unknown) => error);
  expect(outcome).toMatchObject(code === undefined ? { report: { trust: "upstream" } } : { code });
});

const [layer] = documentOf(one.root).layers;

test.for<readonly [string, object, string]>([
  ["a manifest that is an index, too", { ...documentOf(one.root), manifests: [] }, "OCI_ANSWER_INVALID"],
  [
    "schema 1",
    { schemaVersion: 1, mediaType: "application/vnd.docker.distribution.manifest.v1+json", fsLayers: [] },
    "OCI_MANIFEST_UNSUPPORTED",
  ],
  ["no layers", { ...documentOf(one.root), layers: undefined }, "OCI_ANSWER_INVALID"],
  ["a negative size", { ...documentOf(one.root), layers: [{ ...layer, size: -1 }] }, "OCI_ANSWER_INVALID"],
  ["a size that is no integer", { ...documentOf(one.root), layers: [{ ...layer, size: 1.5 }] }, "OCI_ANSWER_INVALID"],
  [
    "a digest of another algorithm",
    { ...documentOf(one.root), layers: [{ ...layer, digest: `blake3:${"0".repeat(64)}` }] },
    "OCI_ANSWER_INVALID",
  ],
  [
    "a digest with a path in it",
    { ...documentOf(one.root), layers: [{ ...layer, digest: `sha256:${"0".repeat(63)}/../x` }] },
    "OCI_ANSWER_INVALID",
  ],
  [
    "10,001 layers",
    { ...documentOf(one.root), layers: Array.from({ length: 10_001 }, () => layer) },
    "OCI_ANSWER_INVALID",
  ],
  ["an empty model", { ...documentOf(one.root), layers: [] }, "OCI_FILE_NOT_FOUND"],
  [
    "a layer of another kind",
    { ...documentOf(one.root), layers: [{ ...layer, mediaType: "application/x-other" }] },
    "OCI_LAYER_UNSUPPORTED",
  ],
  [
    "a helm chart",
    {
      schemaVersion: 2,
      config: { ...layer, mediaType: "application/vnd.cncf.helm.config.v1+json" },
      layers: [{ ...layer, annotations: {}, mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip" }],
    },
    "OCI_LAYOUT_UNKNOWN",
  ],
  ["an array", [], "OCI_MANIFEST_UNSUPPORTED"],
  ["an empty index", { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] }, "OCI_PLATFORM_AMBIGUOUS"],
])("refused: %s", async ([, document, code]) => {
  await using setting = await openSetting({}, { strictAccept: false });
  push(setting.registry, document, Array.isArray(document) ? "application/json" : undefined);
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
});

test("what is no JSON, is an error that says so", async () => {
  await using setting = await openSetting();
  setting.registry.pushManifest("org/model", "v1", Buffer.from("<html>log in</html>"), mediaTypes.ociManifest);
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ANSWER_INVALID" });
});

test.for(["../x", "/abs", "a/../../x", "a//b", "con\u0000", "a\\b", "line\nbreak", "x".repeat(300)])(
  "a title that cannot be kept: %j",
  async (title) => {
    await using setting = await openSetting();
    setting.registry.pushArtifact("org/model", "v1", orasFiles({ "model.gguf": weights, [title]: Buffer.from("x") }));
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_PATHS_UNSUPPORTED" });
    expect(await visibleFiles(setting.cacheDir)).toEqual([]);
    // A part of it can be fetched all the same.
    await setting.ensure("org/model:v1#model.gguf");
  },
);

test.for([
  ["a", "A"],
  ["é", "e\u0301"],
  ["a", "a/b"],
  ["A/b", "a"],
] as const)("titles in each other's way: %s and %s", async ([first, second]) => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", orasFiles({ [first]: weights, [second]: Buffer.from("x") }));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_PATHS_UNSUPPORTED" });
});

test("ten thousand layers that have no names are numbered without much ado", async () => {
  await using setting = await openSetting();
  const layers = Array.from({ length: 10_000 }, () => ({
    ...layer,
    annotations: {},
    mediaType: "application/vnd.ollama.image.license",
  }));
  push(setting.registry, {
    ...documentOf(one.root),
    artifactType: undefined,
    config: { ...layer, mediaType: mediaTypes.dockerConfig },
    layers,
  });
  expect((await setting.plan("org/model:v1#LICENSE-10000")).plan).toMatchObject({ files: [{ path: "LICENSE-10000" }] });
});

test.for([
  ["org/none:v1", "OCI_REPOSITORY_NOT_FOUND"],
  ["org/model:none", "OCI_MANIFEST_NOT_FOUND"],
  [`org/model@sha256:${"0".repeat(64)}`, "OCI_MANIFEST_NOT_FOUND"],
  ["org/model:v1#none", "OCI_FILE_NOT_FOUND"],
] as const)("%s is not there", async ([reference, code]) => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", one);
  await expect(setting.ensure(reference)).rejects.toMatchObject({ code, category: "not-found" });
});

test("a layer that is not there", async () => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", one);
  setting.registry.remove("org/model", digestOf(weights));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
    code: "OCI_BLOB_NOT_FOUND",
    facts: { digest: digestOf(weights) },
  });
});

const foreign = ["linux/s390x", "linux/ppc64le"];

test("of several platforms: this machine's, the one that is named, or the digest of one", async () => {
  const own = `linux/${arch() === "x64" ? "amd64" : arch()}`;
  const image = modelcarImage({ "m.gguf": weights }, { platforms: [...foreign, own], attestations: true });
  for (const [options, expected] of [
    [{}, 2],
    [{ platform: "linux/s390x" }, 0],
  ] as const) {
    await using setting = await openSetting(options);
    setting.registry.pushArtifact("org/model", "v1", image);
    await setting.ensure("org/model:v1");
    expect((await setting.entry("org/model:v1"))?.provenance.revision).toBe(image.manifests[expected]?.digest);
  }
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", image);
  await setting.ensure(`org/model@${image.manifests[1]?.digest}`);
});

test("of none that fits, the error lists them with their digests", async () => {
  const image = modelcarImage({ "m.gguf": weights }, { platforms: foreign });
  const facts = { platforms: image.manifests.map(({ digest }, index) => ({ platform: foreign[index], digest })) };
  for (const [options, code] of [
    [{}, "OCI_PLATFORM_AMBIGUOUS"],
    [{ platform: "linux/riscv64" }, "OCI_PLATFORM_NOT_FOUND"],
  ] as const) {
    await using setting = await openSetting(options);
    setting.registry.pushArtifact("org/model", "v1", image);
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code, facts });
  }
});

test("an index of indexes is followed a little", async () => {
  await using setting = await openSetting();
  const { registry } = setting;
  const indexOf = ({ digest, size, mediaType }: BuiltManifest): object => ({
    schemaVersion: 2,
    mediaType: mediaTypes.ociIndex,
    manifests: [{ digest, size, mediaType }],
  });
  let inner: BuiltManifest = registry.pushArtifact("org/model", "depth-0", one);
  for (let depth = 1; depth <= 4; depth += 1)
    inner = registry.pushManifest("org/model", `depth-${depth}`, indexOf(inner));
  await setting.ensure("org/model:depth-3");
  await expect(setting.ensure("org/model:depth-4")).rejects.toMatchObject({ code: "OCI_ANSWER_INVALID" });
});

test("the names of Docker Hub, and where each registry is", () => {
  const { plainHttp } = parseOciOptions({ plainHttp: ["registry.lan:5000", "nas.lan"] });
  const origins = ["//model", "//ai/model", "//index.docker.io/ai/model", "//registry-1.docker.io/ai/model"].map(
    (locator, index) => parseOciLocator(index < 2 ? `//docker.io/${locator.slice(2)}` : locator),
  );
  expect(origins.map(({ registry, repository }) => [originOf(registry, plainHttp), repository])).toEqual([
    ["https://registry-1.docker.io", "library/model"],
    ...Array.from({ length: 3 }, () => ["https://registry-1.docker.io", "ai/model"]),
  ]);
  expect(
    [
      "localhost:5000",
      "127.0.0.1",
      "[::1]:5000",
      "x.localhost",
      "registry.lan:5000",
      "registry.lan",
      "nas.lan:1",
      "127.evil.example",
      "ghcr.io",
    ].map((host) => originOf(host, plainHttp).split(":")[0]),
  ).toEqual(["http", "http", "http", "http", "http", "https", "http", "https", "https"]);
});

test("Docker Hub has the mirrors that are named for any of its names", () => {
  const { mirrors } = parseOciOptions({ mirrors: { "registry-1.docker.io": ["mirror.example/hub"] } });
  expect([...mirrors]).toEqual([["docker.io", [{ registry: "mirror.example", prefix: "hub/" }]]]);
});

test("a backslash does not make another host of a reference", () => {
  expect(() => parseOciLocator("//good.example\\@evil.example/org/model")).toThrow(
    expect.objectContaining({ code: "OCI_REFERENCE_INVALID" }),
  );
  expect(() => parseOciLocator("//good.example\\x/org/model")).toThrow(
    expect.objectContaining({ code: "OCI_REFERENCE_INVALID" }),
  );
});

test("a manifest with an unknown kind of artifact and titles is taken by them", async () => {
  await using setting = await openSetting();
  const artifact = buildArtifact({
    manifest: { artifactType: "application/x-mine" },
    config: { mediaType: mediaTypes.ociEmpty, document: {} },
    layers: [
      {
        mediaType: "application/x-mine",
        content: weights,
        annotations: { "org.opencontainers.image.title": "./m.bin" },
      },
    ],
    files: {},
  });
  setting.registry.pushArtifact("org/model", "v1", artifact);
  expect(await readFile((await setting.ensure("org/model:v1")).localPath)).toEqual(weights);
});
