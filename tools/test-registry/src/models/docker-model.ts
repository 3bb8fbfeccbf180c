import { buildArtifact, type Files, type LayerSpec, type OciArtifact } from "../content/artifact.ts";
import { digestOf, sizeOf } from "../content/descriptor.ts";
import { packFiles } from "../tar/pack.ts";

export interface DockerModelOptions {
  /**
   * `v0.2` has a layer for each file, with its path. `v0.1` has no paths: weights, templates and licenses are layers that only
   * their types tell apart, further files lie in `vllm.config.tar`, and those of folders in a `dir.tar` for each.
   *
   * @default "v0.2"
   */
  readonly version?: "v0.1" | "v0.2";
}

/** A model as Docker Model Runner packages it (github.com/docker/model-spec, github.com/docker/model-runner). */
export function dockerModel(files: Files, { version = "v0.2" }: DockerModelOptions = {}): OciArtifact {
  const layers = version === "v0.2" ? layersWithPaths(files) : layersWithoutPaths(files);
  const isGguf = layers.some(({ mediaType }) => mediaType === typeNamed("gguf.v3"));
  const size = layers.reduce((sum, { content }) => sum + sizeOf(content), 0);
  return buildArtifact({
    config: {
      mediaType: `application/vnd.docker.ai.model.config.${version}+json`,
      document: {
        config: { format: isGguf ? "gguf" : "safetensors", architecture: "llama", size: String(size) },
        descriptor: { created: "2025-01-01T00:00:00Z" },
        rootfs: { type: "rootfs", diff_ids: layers.map(({ content }) => digestOf(content)) },
      },
    },
    layers,
    files,
  });
}

function layersWithPaths(files: Files): readonly LayerSpec[] {
  return Object.entries(files).map(([path, content]) => ({
    mediaType: typeOf(path) ?? typeNamed("model.file"),
    content,
    annotations: { "org.cncf.model.filepath": path },
  }));
}

function layersWithoutPaths(files: Files): readonly LayerSpec[] {
  const layers: LayerSpec[] = [];
  const folders = new Map<string, Files>();
  for (const [path, content] of Object.entries(files)) {
    const folder = path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
    const mediaType = folder === "" ? typeOf(path) : undefined;
    if (mediaType === undefined) folders.set(folder, { ...folders.get(folder), [path]: content });
    else layers.push({ mediaType, content });
  }
  for (const [folder, inside] of folders) {
    const mediaType = typeNamed(folder === "" ? "vllm.config.tar" : "dir.tar");
    layers.push({ mediaType, content: packFiles(inside).packed });
  }
  return layers;
}

function typeOf(path: string): string | undefined {
  const name = types.find(([pattern]) => pattern.test(path))?.[1];
  return name === undefined ? undefined : typeNamed(name);
}

function typeNamed(name: string): string {
  return `application/vnd.docker.ai.${name}`;
}

const types: readonly (readonly [RegExp, string])[] = [
  [/mmproj[^/]*\.gguf$/, "mmproj"],
  [/\.gguf$/, "gguf.v3"],
  [/\.safetensors$/, "safetensors"],
  [/\.dduf$/, "dduf"],
  [/\.jinja$/, "chat.template.jinja"],
  [/(?:^|\/)LICENSE/, "license"],
];
