import {
  type DigestAlgorithm,
  type FetchContext,
  type Ingest,
  isModelError,
  parseDigest,
} from "@llama-orch/catalog-core";
import { type BroughtFile, type HttpClient, transferFile } from "@llama-orch/transfer";
import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest/documents.ts";
import type { OciSettings } from "../oci-fetcher-options.ts";
import type { Registry } from "../registry/registry.ts";

export interface LayerFetch {
  /** In the order in which they are asked. */
  readonly places: readonly Registry[];
  readonly client: HttpClient;
  readonly settings: OciSettings;
  readonly ingest: Ingest;
  readonly context: FetchContext;
}

export interface WantedLayer {
  readonly path: string;
  readonly sizeBytes: number;
  readonly layer: Descriptor;
}

/**
 * Brings one layer, and compares it with its digest.
 * @throws ModelError of `OciErrorCode` and `TransferErrorCode`, and the `FILE_…` codes of writing
 */
export async function fetchLayer(
  { path, layer }: WantedLayer,
  { places, client, settings, ingest, context }: LayerFetch,
): Promise<BroughtFile> {
  const { signal, logger } = context;
  const [source, ...mirrors] = places.map((place) => place.blobSource(layer.digest));
  if (source === undefined) throw new TypeError("a layer is to be had somewhere");
  const about = { type: "blob", digest: layer.digest } as const;
  const { sizeBytes, digests, movedBytes, resumedFrom } = await transferFile(source, await ingest.target(path), {
    ...settings.transfer,
    client,
    signal,
    logger,
    mirrors,
    // A layer may be a page: it is known by its digest.
    mayBeHtml: true,
    algorithms: algorithmsFor(layer, context),
    expectedSizeBytes: layer.size,
    expectedDigest: parseDigest(layer.digest),
    explainStatus: async (refusal) => {
      for (const place of places) {
        const failure = await place.explain(refusal, about);
        if (failure !== undefined) return failure;
      }
      return undefined;
    },
    onProgress: (progress) => context.onProgress({ path, ...progress }),
  }).catch(mismatch(layer));
  return { file: { path, sizeBytes, digests }, movedBytes, reusedBytes: resumedFrom };
}

function algorithmsFor({ digest }: Descriptor, { expectedDigest }: FetchContext): readonly DigestAlgorithm[] {
  return [...new Set(["sha256", parseDigest(digest).algorithm, expectedDigest?.algorithm ?? "sha256"] as const)];
}

function mismatch(layer: Descriptor): (error: unknown) => never {
  return (error) => {
    const isOfSize = isModelError(error, "TRANSFER_SIZE_MISMATCH");
    if (!isOfSize && !isModelError(error, "TRANSFER_DIGEST_MISMATCH")) throw error;
    const found = String(error.facts["actual"]);
    const actual = isOfSize ? `${found} bytes in place of ${layer.size}` : found;
    throw ociError("OCI_CONTENT_MISMATCH", {
      message: `A layer is not the one that its digest names: expected ${layer.digest}, got ${actual}.`,
      hint: "Try again; if it happens again, the registry or something on the way (a proxy, a mirror) has other bytes.",
      facts: { expected: layer.digest, actual },
      cause: error,
    });
  };
}
