import { contentOf } from "../../../fault-server/src/index.ts";
import { buildArtifact, type Files, type LayerSpec, type OciArtifact } from "../content/artifact.ts";
import { digestOf, sizeOf } from "../content/descriptor.ts";
import { packFiles } from "../tar/pack.ts";
import { fileRole } from "./file-role.ts";

export interface ModelPackOptions {
  /** How each file is put into its layer. @default "raw" */
  readonly format?: "raw" | "tar" | "tar+gzip" | "tar+zstd";
  /** The older name is that of the specification before it joined the CNCF. @default "cncf" */
  readonly vendor?: "cncf" | "cnai";
}

/** A model of the ModelPack specification (github.com/modelpack/model-spec), one file in each layer, as modctl pushes it. */
export function modelPackModel(files: Files, { format = "raw", vendor = "cncf" }: ModelPackOptions = {}): OciArtifact {
  const packed = Object.entries(files).map(([path, content]) => {
    const compression = format === "tar+gzip" ? "gzip" : format === "tar+zstd" ? "zstd" : "none";
    const tar = format === "raw" ? undefined : packFiles({ [path]: contentOf(content) }, compression);
    const layer: LayerSpec = {
      mediaType: `application/vnd.${vendor}.model.${fileRole(path)}.v1.${format}`,
      content: tar?.packed ?? content,
      annotations: {
        [`org.${vendor}.model.filepath`]: path,
        [`org.${vendor}.model.file.metadata+json`]: JSON.stringify({
          name: path,
          mode: 0o644,
          uid: 0,
          gid: 0,
          size: sizeOf(content),
          mtime: "2025-01-01T00:00:00Z",
          typeflag: 48,
        }),
      },
    };
    return { layer, diffId: digestOf(tar?.tar ?? content) };
  });
  return buildArtifact({
    manifest: { artifactType: `application/vnd.${vendor}.model.manifest.v1+json` },
    config: {
      mediaType: `application/vnd.${vendor}.model.config.v1+json`,
      document: {
        descriptor: { createdAt: "2025-01-01T00:00:00Z", name: "model" },
        modelfs: { type: "layers", diffIds: packed.map(({ diffId }) => diffId) },
        config: { architecture: "transformer", format: "gguf", paramSize: "1b" },
      },
    },
    layers: packed.map(({ layer }) => layer),
    files,
  });
}
