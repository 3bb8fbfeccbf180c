import { buildArtifact, type Files, type LayerSpec, type OciArtifact } from "../content/artifact.ts";
import { digestOf, mediaTypes } from "../content/descriptor.ts";
import { packFiles } from "../tar/pack.ts";

export interface OrasOptions {
  /** @default "application/vnd.unknown.artifact.v1" */
  readonly artifactType?: string;
  /** Of each file. @default "application/vnd.oci.image.layer.v1.tar", as oras has it for files of any kind */
  readonly mediaType?: string;
  /** Folders that were pushed as such: as archives to be unpacked. */
  readonly directories?: Readonly<Record<string, Files>>;
}

/** Files as `oras push` sends them: raw, with their names as titles. */
export function orasFiles(files: Files, options: OrasOptions = {}): OciArtifact {
  const { artifactType = "application/vnd.unknown.artifact.v1", directories = {} } = options;
  const mediaType = options.mediaType ?? "application/vnd.oci.image.layer.v1.tar";
  const layers = Object.entries(files).map(([path, content]): LayerSpec => ({
    mediaType,
    content,
    annotations: { "org.opencontainers.image.title": path },
  }));
  const unpacked = Object.entries(directories).map(([name, inside]) => ({ name, inside: below(name, inside) }));
  return buildArtifact({
    manifest: { artifactType, annotations: { "org.opencontainers.image.created": "2025-01-01T00:00:00Z" } },
    config: { mediaType: mediaTypes.ociEmpty, document: {} },
    layers: [...layers, ...unpacked.map(({ name, inside }) => directoryLayer(name, inside))],
    files: unpacked.reduce((all, { inside }) => ({ ...all, ...inside }), files),
  });
}

function directoryLayer(name: string, inside: Files): LayerSpec {
  const { tar, packed } = packFiles(inside, "gzip");
  return {
    mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
    content: packed,
    annotations: {
      "io.deis.oras.content.digest": digestOf(tar),
      "io.deis.oras.content.unpack": "true",
      "org.opencontainers.image.title": name,
    },
  };
}

function below(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}
