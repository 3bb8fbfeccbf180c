import type { DigestAlgorithm, FetchContext, Ingest } from "@llama-orch/catalog-core";
import type { Bucket } from "../bucket/bucket.ts";
import type { PlannedModel, PlannedObject } from "../plan/planned-model.ts";
import type { Attempts } from "./attempts.ts";

export interface ModelFetch {
  readonly bucket: Bucket;
  readonly ingest: Ingest;
  readonly context: FetchContext;
  readonly attempts: Attempts;
}

/** One file on its way. */
export interface FileFetch {
  /** In the artifact. */
  readonly path: string;
  readonly object: PlannedObject;
  readonly model: PlannedModel;
}

export function algorithmsFor({ expectedDigest }: FetchContext): readonly DigestAlgorithm[] {
  return [...new Set(["sha256", expectedDigest?.algorithm ?? "sha256"] as const)];
}
