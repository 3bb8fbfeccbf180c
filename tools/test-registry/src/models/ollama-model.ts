import type { ContentSpec } from "../../../fault-server/src/index.ts";
import { buildArtifact, type OciArtifact } from "../content/artifact.ts";
import { digestOf, mediaTypes } from "../content/descriptor.ts";

/** What a layer is to Ollama; it has no names of files. */
export type OllamaLayer = "model" | "projector" | "adapter" | "template" | "params" | "system" | "license" | "messages";

/** A model as Ollama pushes it: a manifest of Docker, and raw layers. Its `files` are named by their layers. */
export function ollamaModel(layers: Partial<Readonly<Record<OllamaLayer, ContentSpec>>>): OciArtifact {
  const specs = Object.entries(layers).map(([name, content]) => ({
    mediaType: `application/vnd.ollama.image.${name}`,
    content,
  }));
  return buildArtifact({
    mediaType: mediaTypes.dockerManifest,
    config: {
      mediaType: mediaTypes.dockerConfig,
      document: {
        model_format: "gguf",
        model_family: "llama",
        model_families: ["llama"],
        model_type: "1.2B",
        file_type: "Q8_0",
        architecture: "amd64",
        os: "linux",
        rootfs: { type: "layers", diff_ids: specs.map(({ content }) => digestOf(content)) },
      },
    },
    layers: specs,
    files: layers,
  });
}
