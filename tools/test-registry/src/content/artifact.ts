import type { ContentSpec } from "../../../fault-server/src/index.ts";
import { type Descriptor, type Digest, digestOf, mediaTypes, sizeOf } from "./descriptor.ts";

/** Paths as they are to stand in a model, with `/`. */
export type Files = Readonly<Record<string, ContentSpec>>;

export interface BuiltManifest {
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
}

/** All that is pushed for one tag; a layout of a directory, or a registry, can be filled from it. */
export interface OciArtifact {
  /** The manifest or index that the tag stands for. */
  readonly root: BuiltManifest;
  /** Those that an index lists. */
  readonly manifests: readonly BuiltManifest[];
  readonly blobs: readonly ContentSpec[];
  /** What a client must end up with: the bytes, after whatever they are packed into. */
  readonly files: Readonly<Record<string, { readonly digest: Digest; readonly size: number }>>;
}

export interface LayerSpec {
  readonly mediaType: string;
  readonly content: ContentSpec;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ArtifactSpec {
  readonly config: { readonly mediaType: string; readonly document: object };
  readonly layers: readonly LayerSpec[];
  readonly files: Files;
  /** More of the manifest. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** @default that of OCI */
  readonly mediaType?: string;
}

export function buildArtifact({ config, layers, files, manifest, mediaType }: ArtifactSpec): OciArtifact {
  const configBytes = Buffer.from(JSON.stringify(config.document));
  const root = buildManifest({
    schemaVersion: 2,
    mediaType: mediaType ?? mediaTypes.ociManifest,
    ...manifest,
    config: descriptorOf({ mediaType: config.mediaType, content: configBytes }),
    layers: layers.map(descriptorOf),
  });
  return { root, manifests: [], blobs: [configBytes, ...layers.map(({ content }) => content)], files: facts(files) };
}

/** @param mediaType of a document that names none. */
export function buildManifest(document: object, mediaType?: string): BuiltManifest {
  const bytes = Buffer.from(JSON.stringify(document));
  const own = "mediaType" in document && typeof document.mediaType === "string" ? document.mediaType : undefined;
  return {
    bytes,
    digest: digestOf(bytes),
    size: bytes.length,
    mediaType: mediaType ?? own ?? mediaTypes.ociManifest,
  };
}

export function descriptorOf({ mediaType, content, annotations }: LayerSpec): Descriptor {
  return {
    mediaType,
    digest: digestOf(content),
    size: sizeOf(content),
    ...(annotations !== undefined && { annotations }),
  };
}

function facts(files: Files): OciArtifact["files"] {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [path, { digest: digestOf(content), size: sizeOf(content) }]),
  );
}
