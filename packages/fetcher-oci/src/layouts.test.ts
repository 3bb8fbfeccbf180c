import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  dockerModel,
  kitopsModel,
  modelcarImage,
  modelPackModel,
  type OciArtifact,
  ollamaModel,
  opaqueWhiteout,
  orasFiles,
  whiteout,
} from "../../../tools/test-registry/src/index.ts";
import { openSetting } from "./testing/setting.ts";

const weights = Buffer.from("GGUF weights");
const config = Buffer.from("{}");
const readme = Buffer.from("# read me");

interface Case {
  readonly artifact: OciArtifact;
  readonly layout: string;
  /** What is in the artifact, by its paths. */
  readonly files: Readonly<Record<string, Buffer>>;
  readonly entryPoint?: string;
  readonly path?: string;
}

const two = { "model.gguf": weights, "docs/README.md": readme };
const image = { "model.safetensors": weights, "config.json": config };

test.for<[name: string, expected: Case]>([
  [
    "ModelPack, one file",
    { artifact: modelPackModel({ "q4/m.gguf": weights }), layout: "ModelPack", files: { "m.gguf": weights } },
  ],
  ["ModelPack, raw", { artifact: modelPackModel(two), layout: "ModelPack", files: two, entryPoint: "model.gguf" }],
  ["ModelPack, its older name", { artifact: modelPackModel(two, { vendor: "cnai" }), layout: "ModelPack", files: two }],
  ["ModelPack, tar", { artifact: modelPackModel(two, { format: "tar" }), layout: "ModelPack", files: two }],
  ["ModelPack, tar+gzip", { artifact: modelPackModel(two, { format: "tar+gzip" }), layout: "ModelPack", files: two }],
  [
    "ModelPack, tar+zstd",
    {
      artifact: modelPackModel(two, { format: "tar+zstd" }),
      layout: "ModelPack",
      files: two,
      entryPoint: "model.gguf",
    },
  ],
  [
    "ModelPack, tar of one file",
    {
      artifact: modelPackModel({ "m.gguf": weights }, { format: "tar" }),
      layout: "ModelPack",
      files: { "m.gguf": weights },
    },
  ],
  ["Docker, with paths", { artifact: dockerModel(two), layout: "Docker model", files: two }],
  [
    "Docker, without paths",
    {
      artifact: dockerModel({ "x.gguf": weights, LICENSE: readme }, { version: "v0.1" }),
      layout: "Docker model",
      files: { "model.gguf": weights, LICENSE: readme },
      entryPoint: "model.gguf",
    },
  ],
  [
    "Docker, several parts without paths",
    {
      artifact: dockerModel({ "a.gguf": weights, "b.gguf": config }, { version: "v0.1" }),
      layout: "Docker model",
      files: { "model-00001-of-00002.gguf": weights, "model-00002-of-00002.gguf": config },
      entryPoint: "model-00001-of-00002.gguf",
    },
  ],
  [
    "Docker, archives beside files",
    {
      artifact: dockerModel(
        { "x.safetensors": weights, "config.json": config, "sub/x.txt": readme },
        { version: "v0.1" },
      ),
      layout: "Docker model",
      files: { "model.safetensors": weights, "config.json": config, "sub/x.txt": readme },
    },
  ],
  [
    "Ollama",
    {
      artifact: ollamaModel({
        model: weights,
        projector: config,
        template: readme,
        params: config,
        license: readme,
      }),
      layout: "Ollama",
      files: {
        "model.gguf": weights,
        "projector.gguf": config,
        template: readme,
        "params.json": config,
        LICENSE: readme,
      },
      entryPoint: "model.gguf",
    },
  ],
  [
    "ORAS, one file",
    { artifact: orasFiles({ "m.gguf": weights }), layout: "ORAS files", files: { "m.gguf": weights } },
  ],
  ["ORAS, several", { artifact: orasFiles(two), layout: "ORAS files", files: two }],
  [
    "ORAS, with a folder",
    {
      artifact: orasFiles({ "m.gguf": weights }, { directories: { data: { "a.txt": readme } } }),
      layout: "ORAS files",
      files: { "m.gguf": weights, "data/a.txt": readme },
    },
  ],
  ["KitOps", { artifact: kitopsModel(two), layout: "KitOps", files: two, entryPoint: "model.gguf" }],
  ["KitOps, gzip", { artifact: kitopsModel(two, { compression: "gzip" }), layout: "KitOps", files: two }],
  ["Modelcar", { artifact: modelcarImage(image), layout: "Modelcar", files: image }],
  [
    "Modelcar, docker",
    { artifact: modelcarImage(image, { manifests: "docker", compression: "none" }), layout: "Modelcar", files: image },
  ],
  [
    "Modelcar of several platforms, with attestations",
    {
      artifact: modelcarImage(image, { platforms: ["linux/amd64", "linux/arm64"], attestations: true }),
      layout: "Modelcar",
      files: image,
    },
  ],
  [
    "Modelcar of another platform alone",
    {
      artifact: modelcarImage(image, { platforms: ["linux/s390x"], attestations: true }),
      layout: "Modelcar",
      files: image,
    },
  ],
  [
    "Modelcar, layers that take away",
    {
      artifact: modelcarImage(
        { ...image, "old/a": readme, "old/b": readme, "gone.txt": readme },
        {
          layers: [
            [
              whiteout("models/gone.txt"),
              opaqueWhiteout("models/old"),
              { path: "models/old/c", content: config },
              { path: "models/config.json", content: readme },
            ],
          ],
        },
      ),
      layout: "Modelcar",
      files: { "model.safetensors": weights, "config.json": readme, "old/c": config },
    },
  ],
  [
    "#path, a file",
    { artifact: modelPackModel(two), path: "docs/README.md", layout: "ModelPack", files: { "README.md": readme } },
  ],
  [
    "#path, a folder",
    {
      artifact: modelPackModel({ ...two, "docs/x": config }),
      path: "docs",
      layout: "ModelPack",
      files: { "README.md": readme, x: config },
    },
  ],
  [
    "#path, a file of an archive",
    { artifact: kitopsModel(two), path: "docs/README.md", layout: "KitOps", files: { "README.md": readme } },
  ],
  [
    "#path, a folder of an image",
    {
      artifact: modelcarImage({ ...image, "a/b": readme, "a/c": config }),
      path: "a",
      layout: "Modelcar",
      files: { b: readme, c: config },
    },
  ],
])("%s", async ([, { artifact, layout, files, entryPoint, path }]) => {
  await using setting = await openSetting();
  const { manifestDigest } = setting.registry.pushArtifact("org/model", "v1", artifact);
  const reference = `org/model:v1${path === undefined ? "" : `#${path}`}`;
  const { plan } = await setting.plan(reference);
  expect(plan).toMatchObject({ layout });
  const { localPath, report } = await setting.ensure(reference);
  expect(report.trust).toBe("upstream");
  const entry = await setting.entry(reference.includes("#") ? reference : "org/model:v1");
  const isFile = Object.keys(files).length === 1;
  expect(entry).toMatchObject({ kind: isFile ? "file" : "directory" });
  const names = isFile ? [basename(localPath)] : entry?.files.map((file) => file.path);
  expect(names?.toSorted()).toEqual(Object.keys(files).toSorted());
  const opened = entry?.entryPoint ?? "";
  const root = isFile ? dirname(localPath) : localPath.slice(0, localPath.length - opened.length);
  for (const [name, content] of Object.entries(files)) expect(await readFile(join(root, name))).toEqual(content);
  expect(opened).toBe(entryPoint ?? opened);
  expect(entry?.provenance.revision).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect([manifestDigest, ...artifact.manifests.map((manifest) => manifest.digest)]).toContain(
    entry?.provenance.revision,
  );
  const before = setting.registry.requests.length;
  expect((await setting.ensure(reference)).report.cached).toBe(true);
  expect(setting.registry.requests).toHaveLength(before);
});
