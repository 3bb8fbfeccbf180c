import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { contentOf } from "../../../fault-server/src/index.ts";
import {
  digestOf,
  dockerModel,
  kitopsModel,
  mediaTypes,
  modelcarImage,
  modelPackModel,
  type OciArtifact,
  ollamaModel,
  opaqueWhiteout,
  orasFiles,
  whiteout,
} from "../index.ts";

const files = {
  "model.gguf": { sizeBytes: 5000, seed: "gguf" },
  "config.json": Buffer.from("{}"),
  "README.md": Buffer.from("# Model"),
  "sub/tool.py": Buffer.from("pass"),
};

test.each([
  ["ModelPack", modelPackModel(files)],
  ["Docker", dockerModel(files)],
  ["ORAS", orasFiles(files)],
  ["Ollama", ollamaModel({ model: files["model.gguf"], params: files["config.json"] })],
] as const)("%s: each file is a blob of its own", (_, artifact) => {
  const { layers } = documentOf(artifact);
  expect(layers?.map(({ digest }) => digest)).toEqual(Object.values(artifact.files).map(({ digest }) => digest));
  expect(missingBlobs(artifact)).toEqual([]);
});

test("ModelPack: types by what the files are, and their paths", () => {
  const { artifactType, config, layers } = documentOf(modelPackModel(files));
  expect(artifactType).toBe("application/vnd.cncf.model.manifest.v1+json");
  expect(config?.mediaType).toBe("application/vnd.cncf.model.config.v1+json");
  expect(layers?.map((layer) => [layer.mediaType, layer.annotations?.["org.cncf.model.filepath"]])).toEqual([
    ["application/vnd.cncf.model.weight.v1.raw", "model.gguf"],
    ["application/vnd.cncf.model.weight.config.v1.raw", "config.json"],
    ["application/vnd.cncf.model.doc.v1.raw", "README.md"],
    ["application/vnd.cncf.model.code.v1.raw", "sub/tool.py"],
  ]);
  const older = documentOf(modelPackModel(files, { vendor: "cnai", format: "tar+zstd" }));
  expect(older.layers?.[0]?.mediaType).toBe("application/vnd.cnai.model.weight.v1.tar+zstd");
  expect(older.layers?.[0]?.annotations?.["org.cnai.model.filepath"]).toBe("model.gguf");
});

test("Docker: with paths or without", () => {
  const typesOf = (artifact: OciArtifact) => documentOf(artifact).layers?.map(({ mediaType }) => mediaType);
  expect(typesOf(dockerModel(files))).toEqual([
    "application/vnd.docker.ai.gguf.v3",
    ...Array.from({ length: 3 }, () => "application/vnd.docker.ai.model.file"),
  ]);
  const old = dockerModel(files, { version: "v0.1" });
  expect(typesOf(old)).toEqual([
    "application/vnd.docker.ai.gguf.v3",
    "application/vnd.docker.ai.vllm.config.tar",
    "application/vnd.docker.ai.dir.tar",
  ]);
  expect(documentOf(old).config?.mediaType).toBe("application/vnd.docker.ai.model.config.v0.1+json");
  expect(missingBlobs(old)).toEqual([]);
});

test("Ollama: a manifest of Docker", () => {
  const { root } = ollamaModel({ model: files["model.gguf"] });
  expect(root.mediaType).toBe(mediaTypes.dockerManifest);
});

test("ORAS: folders are archives to be unpacked", () => {
  const artifact = orasFiles({ file: files["config.json"] }, { directories: { folder: { "a/b": Buffer.from("b") } } });
  expect(documentOf(artifact).layers?.[1]?.annotations).toMatchObject({
    "io.deis.oras.content.unpack": "true",
    "org.opencontainers.image.title": "folder",
  });
  expect(Object.keys(artifact.files)).toEqual(["file", "folder/a/b"]);
  expect(missingBlobs(artifact)).toEqual([]);
});

test.each(["none", "gzip"] as const)("KitOps: archives, %s", (compression) => {
  const artifact = kitopsModel(files, { compression });
  const { layers } = documentOf(artifact);
  const suffix = compression === "gzip" ? "tar+gzip" : "tar";
  expect(layers?.map(({ mediaType }) => mediaType)).toEqual(
    ["model", "modelpart", "docs", "code"].map((kind) => `application/vnd.kitops.modelkit.${kind}.v1.${suffix}`),
  );
  const first = blobOf(artifact, layers?.[0]?.digest);
  const tar = compression === "gzip" ? gunzipSync(first) : first;
  expect(tar.subarray(512, 5512).equals(contentOf(files["model.gguf"]))).toBe(true);
});

test("Modelcar: an image of layers, with whiteouts", () => {
  const layers = [[whiteout("models/config.json"), opaqueWhiteout("models/sub")]];
  const artifact = modelcarImage(files, { compression: "none", layers, result: { "model.gguf": files["model.gguf"] } });
  const document = documentOf(artifact);
  expect(document.config?.mediaType).toBe(mediaTypes.ociConfig);
  expect(document.layers).toHaveLength(3);
  const last = blobOf(artifact, document.layers?.[2]?.digest).toString("latin1");
  expect([last.includes("models/.wh.config.json"), last.includes("models/sub/.wh..wh..opq")]).toEqual([true, true]);
  expect(Object.keys(artifact.files)).toEqual(["model.gguf"]);
});

test("Modelcar: an index of platforms and attestations", () => {
  const artifact = modelcarImage(files, { platforms: ["linux/amd64", "linux/arm/v7"], attestations: true });
  expect(artifact.root.mediaType).toBe(mediaTypes.ociIndex);
  const { manifests } = documentOf(artifact);
  expect(manifests?.map(({ platform }) => platform)).toEqual([
    { os: "linux", architecture: "amd64" },
    { os: "linux", architecture: "arm", variant: "v7" },
    { os: "unknown", architecture: "unknown" },
    { os: "unknown", architecture: "unknown" },
  ]);
  expect(manifests?.map(({ digest }) => digest)).toEqual(artifact.manifests.map(({ digest }) => digest));
  expect(new Set(artifact.manifests.map(({ digest }) => digest)).size).toBe(4);
});

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly annotations?: Record<string, string>;
  readonly platform?: Record<string, string>;
}

function documentOf({ root }: OciArtifact) {
  return JSON.parse(root.bytes.toString()) as {
    readonly artifactType?: string;
    readonly config?: Descriptor;
    readonly layers?: readonly Descriptor[];
    readonly manifests?: readonly Descriptor[];
  };
}

function missingBlobs(artifact: OciArtifact): readonly string[] {
  const { config, layers = [] } = documentOf(artifact);
  const there = new Set<string>(artifact.blobs.map(digestOf));
  return [config, ...layers].map((descriptor) => descriptor?.digest ?? "").filter((digest) => !there.has(digest));
}

function blobOf({ blobs }: OciArtifact, digest: string | undefined): Buffer {
  const content = blobs.find((blob) => digestOf(blob) === digest);
  return content === undefined ? Buffer.alloc(0) : contentOf(content);
}
