import {
  buildArtifact,
  buildManifest,
  type BuiltManifest,
  type Files,
  type LayerSpec,
  type OciArtifact,
} from "../content/artifact.ts";
import { digestOf, mediaTypes } from "../content/descriptor.ts";
import { type Compression, packEntries, packFiles } from "../tar/pack.ts";
import type { TarEntry } from "../tar/tar.ts";

export interface ModelcarOptions {
  /** @default "gzip" */
  readonly compression?: Compression;
  /** @default "oci" */
  readonly manifests?: "oci" | "docker";
  /** Layers after that of the files: what they add, replace and take away with `whiteout`. */
  readonly layers?: readonly (readonly TarEntry[])[];
  /** What is left in the end, where further layers change it. @default the files themselves */
  readonly result?: Files;
  /** `linux/arm64`, `linux/arm/v7`: with them the tag stands for an index, of one image each. @default none */
  readonly platforms?: readonly string[];
  /** Whether the index lists an attestation for each image, as BuildKit adds them. @default false */
  readonly attestations?: boolean;
}

/** A plain image with a layer of a system, and one with the model's files below `models/`. Its `files` have paths below it. */
export function modelcarImage(files: Files, options: ModelcarOptions = {}): OciArtifact {
  const { platforms, attestations = false, manifests = "oci" } = options;
  if (platforms === undefined) return imageFor("linux/amd64", files, options);
  const images = platforms.map((platform) => ({ platform, image: imageFor(platform, files, options) }));
  const proofs = attestations ? images.map(({ image }) => attestationFor(image.root)) : [];
  const root = buildManifest({
    schemaVersion: 2,
    mediaType: manifests === "oci" ? mediaTypes.ociIndex : mediaTypes.dockerList,
    manifests: [
      ...images.map(({ platform, image }) => ({ ...descriptor(image.root), platform: platformOf(platform) })),
      ...proofs.map(({ proof, subject }) => ({
        ...descriptor(proof.root),
        annotations: {
          "vnd.docker.reference.digest": subject.digest,
          "vnd.docker.reference.type": "attestation-manifest",
        },
        platform: { architecture: "unknown", os: "unknown" },
      })),
    ],
  });
  const all = [...images.map(({ image }) => image), ...proofs.map(({ proof }) => proof)];
  return {
    root,
    manifests: all.map((image) => image.root),
    blobs: all.flatMap(({ blobs }) => blobs),
    files: images[0]?.image.files ?? {},
  };
}

/** The entry by which a layer takes away what those below have at a path. */
export function whiteout(path: string): TarEntry {
  const at = path.lastIndexOf("/") + 1;
  return { path: `${path.slice(0, at)}.wh.${path.slice(at)}` };
}

/** The entry by which a layer takes away all that those below have in a folder. */
export function opaqueWhiteout(folder: string): TarEntry {
  return { path: `${folder}/.wh..wh..opq` };
}

function imageFor(platform: string, files: Files, options: ModelcarOptions): OciArtifact {
  const { compression = "gzip", manifests = "oci", layers = [], result = files } = options;
  const below = Object.fromEntries(Object.entries(files).map(([path, content]) => [`models/${path}`, content]));
  const system = { "etc/os-release": Buffer.from(`ID=test\nPLATFORM=${platform}\n`) };
  const packed = [
    packFiles(system, compression),
    packFiles(below, compression),
    ...layers.map((entries) => packEntries(entries, compression)),
  ];
  const mediaType = layerType(manifests, compression);
  return buildArtifact({
    mediaType: manifests === "oci" ? mediaTypes.ociManifest : mediaTypes.dockerManifest,
    config: {
      mediaType: manifests === "oci" ? mediaTypes.ociConfig : mediaTypes.dockerConfig,
      document: {
        created: "2025-01-01T00:00:00Z",
        ...platformOf(platform),
        config: {},
        rootfs: { type: "layers", diff_ids: packed.map(({ tar }) => digestOf(tar)) },
        history: packed.map(() => ({ created: "2025-01-01T00:00:00Z" })),
      },
    },
    layers: packed.map((layer): LayerSpec => ({ mediaType, content: layer.packed })),
    files: result,
  });
}

function attestationFor(subject: BuiltManifest): { readonly proof: OciArtifact; readonly subject: BuiltManifest } {
  const statement = { _type: "https://in-toto.io/Statement/v0.1", subject: [{ digest: subject.digest }] };
  const content = Buffer.from(JSON.stringify(statement));
  const proof = buildArtifact({
    config: {
      mediaType: mediaTypes.ociConfig,
      document: {
        architecture: "unknown",
        os: "unknown",
        config: {},
        rootfs: { type: "layers", diff_ids: [digestOf(content)] },
      },
    },
    layers: [
      {
        mediaType: "application/vnd.in-toto+json",
        content,
        annotations: { "in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2" },
      },
    ],
    files: {},
  });
  return { proof, subject };
}

function layerType(manifests: "oci" | "docker", compression: Compression): string {
  const suffix = compression === "none" ? "" : compression;
  if (manifests === "oci") return `application/vnd.oci.image.layer.v1.tar${suffix && `+${suffix}`}`;
  return `application/vnd.docker.image.rootfs.diff.tar${suffix && `.${suffix}`}`;
}

function descriptor({ mediaType, digest, size }: BuiltManifest): object {
  return { mediaType, digest, size };
}

function platformOf(platform: string): {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
} {
  const [os = "", architecture = "", variant] = platform.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}
