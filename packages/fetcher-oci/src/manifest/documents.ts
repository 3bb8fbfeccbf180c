import type { DigestText } from "@llama-orch/catalog-core";
import { z } from "zod";

/** What points to content: by its digest, size and kind. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: DigestText;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A manifest of OCI, or of docker's second schema: they name the same things. */
export interface ManifestDocument {
  readonly artifactType: string | undefined;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** Of several platforms: an index of OCI, or a manifest list of docker. */
export interface IndexDocument {
  readonly manifests: readonly IndexedManifest[];
}

export interface IndexedManifest extends Descriptor {
  readonly platform:
    | { readonly os: string; readonly architecture: string; readonly variant?: string | undefined }
    | undefined;
}

const digest = z
  .string()
  .regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The pattern is that of the type.
  .transform((text) => text as DigestText);
const annotations = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  annotations,
});
const optionalText = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === "" ? undefined : value));
const platform = z
  .object({ os: z.string(), architecture: z.string(), variant: optionalText })
  .nullish()
  .transform((value) => value ?? undefined);

/** As many layers as no honest model has. */
const manyLayers = 10_000;

export const manifestDocument: z.ZodType<ManifestDocument> = z.object({
  artifactType: optionalText,
  config: descriptor,
  layers: z.array(descriptor).max(manyLayers),
  annotations,
});

export const indexDocument: z.ZodType<IndexDocument> = z.object({
  manifests: z.array(descriptor.extend({ platform })).max(manyLayers),
});
