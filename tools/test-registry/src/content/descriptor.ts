import { type ContentSpec, sha256Of } from "../../../fault-server/src/index.ts";

export type Digest = `sha256:${string}`;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: Readonly<Record<string, string>>;
}

export function digestOf(content: ContentSpec): Digest {
  return `sha256:${sha256Of(content)}`;
}

export function sizeOf(content: ContentSpec): number {
  return content instanceof Uint8Array ? content.length : content.sizeBytes;
}

export const mediaTypes = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  ociIndex: "application/vnd.oci.image.index.v1+json",
  ociConfig: "application/vnd.oci.image.config.v1+json",
  ociEmpty: "application/vnd.oci.empty.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
} as const;
